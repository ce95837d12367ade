"""Approved groups, each made once and copied for every test."""

from __future__ import annotations

import land_world
import pytest


@pytest.fixture(scope="session")
def landing_models(tmp_path_factory):
    return {}


@pytest.fixture
def approved(landing_models, tmp_path, tmp_path_factory, run_stacker, monkeypatch):
    """`approved(more=…)`: a submitted and approved group of two on a hub that runs."""
    worlds = []

    def made(**options):
        key = repr(sorted(options.items()))
        if key not in landing_models:
            folder = tmp_path_factory.mktemp("landing")
            landing_models[key] = land_world.new(folder, run_stacker, monkeypatch, **options)
        model = landing_models[key]
        model._run, model._patch = run_stacker, monkeypatch
        worlds.append(model.copy(tmp_path / f"world{len(worlds)}"))
        worlds[-1].serve()
        return worlds[-1]

    yield made
    for world in worlds:
        world.close()


@pytest.fixture
def ready(approved):
    """One of those, nothing special."""
    return approved()
