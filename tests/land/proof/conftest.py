"""A scene that the tests of a module share: each story begins by putting it back.

No longer: what it puts in place of the hub's git is not for other tests.
"""

from __future__ import annotations

import pytest
from proof import inside
from proof.scene import Scene


@pytest.fixture(scope="module")
def scene(_sealed, tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        inside.installed(patch)
        made = Scene(tmp_path_factory.mktemp("scene"))
        yield made
        made.close()
