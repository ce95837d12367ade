"""A hub of its own for every test."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

# In pytest's importlib mode a folder of tests is not on the path; hub_world.py lies here.
sys.path.insert(0, str(Path(__file__).parent))

from hub_world import World


@pytest.fixture
def world(tmp_path):
    made = World(tmp_path)
    yield made
    made.close()


@pytest.fixture
def work(world):
    """A clone of guido/cpython, which is on the hub with one commit."""
    return world.make()


@pytest.fixture
def forked(world, work):
    """The same, with paulmon's fork beside it."""
    world.fork("paulmon")
    return work
