"""A hub, an upstream, a fork and a series for every test."""

from __future__ import annotations

import pytest
from submit_world import World


@pytest.fixture(scope="session")
def models(tmp_path_factory):
    """Worlds that were made once, to be copied: by what they were made with."""
    return {}


@pytest.fixture
def make(models, tmp_path, tmp_path_factory, run_stacker, monkeypatch):
    """`make(fork=…, ids=…, submitted=…)`: stages that stand on each other as their ids follow."""
    worlds = []

    def made(**options):
        key = tuple(sorted(options.items()))
        if key not in models:
            models[key] = World.new(
                tmp_path_factory.mktemp("model"), run_stacker, monkeypatch, **options
            )
            models[key].close()
        models[key]._run, models[key]._patch = run_stacker, monkeypatch
        worlds.append(models[key].copy(tmp_path / f"world{len(worlds)}"))
        worlds[-1].serve()
        return worlds[-1]

    yield made
    for world in worlds:
        world.close()


@pytest.fixture
def world(make):
    """A chain of three, nothing submitted."""
    return make()


@pytest.fixture
def sent(make):
    """The same, submitted."""
    return make(submitted=True)
