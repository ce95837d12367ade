"""A hub, an upstream, a fork and a series for every test."""

from __future__ import annotations

import pytest
from submit_world import World


@pytest.fixture
def make(tmp_path, run_stacker, monkeypatch):
    """`make(fork=…, ids=…)`: a world whose stages stand on each other as their ids follow."""
    worlds = []

    def made(**options):
        folder = tmp_path / f"world{len(worlds)}"
        folder.mkdir()
        worlds.append(World(folder, run_stacker, monkeypatch, **options))
        return worlds[-1]

    yield made
    for world in worlds:
        world.close()


@pytest.fixture
def world(make):
    """A chain of three, nothing submitted."""
    return make()


@pytest.fixture
def sent(world):
    """The same, submitted."""
    world.submit()
    world.door.seen.clear()
    return world
