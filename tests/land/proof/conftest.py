"""A scene that all tests of a worker share: each story begins by putting it back."""

from __future__ import annotations

import pytest
from proof import inside
from proof.scene import Scene


@pytest.fixture(scope="session")
def scene(_sealed, tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        inside.installed(patch)
        made = Scene(tmp_path_factory.mktemp("scene"))
        yield made
        made.close()
