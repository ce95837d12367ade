"""A submitted and approved group of two."""

from __future__ import annotations

import land_world
import pytest


@pytest.fixture(scope="session")
def gate_models(tmp_path_factory):
    return {}


@pytest.fixture
def gated(gate_models, tmp_path, tmp_path_factory, run_stacker, monkeypatch):
    """`gated(more=…)`: such a series on a hub that runs."""
    worlds = []

    def made(**options):
        key = repr(sorted(options.items()))
        if key not in gate_models:
            folder = tmp_path_factory.mktemp("gate")
            gate_models[key] = land_world.new(folder, run_stacker, monkeypatch, **options)
        model = gate_models[key]
        model._run, model._patch = run_stacker, monkeypatch
        worlds.append(model.copy(tmp_path / f"world{len(worlds)}"))
        worlds[-1].serve()
        return worlds[-1]

    yield made
    for world in worlds:
        world.close()
