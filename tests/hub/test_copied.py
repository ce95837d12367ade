"""What another forge has, put into a hub."""

from __future__ import annotations

import pytest

from stacker.errors import StackerError
from stacker.hub.copied import Copied, lay_out


@pytest.mark.parametrize("name", ["up/.github", "up/x.git", f"{'o' * 50}/proj"])
def test_a_name_that_no_hub_can_have(tmp_path, name):
    (tmp_path / f"{name}.git").mkdir(parents=True)
    (tmp_path / f"{name}.git" / "HEAD").touch()
    with pytest.raises(StackerError, match="the hub cannot hold"):
        lay_out(tmp_path, [Copied(name, name, (), ())])
