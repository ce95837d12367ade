from __future__ import annotations

import pytest
import watch_world


@pytest.fixture(scope="module")
def begun():
    """What the first test of a module made."""
    return []


@pytest.fixture
def post(begun, tmp_path_factory, run_stacker, history):
    """A box beside a team with a series of three stages."""
    if begun:
        begun[0].restore()
    else:
        folder = tmp_path_factory.mktemp("watch") / "team"
        folder.mkdir()
        begun.append(watch_world.begin(run_stacker, folder, history))
    return begun[0]
