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
    with land_world.copies(
        landing_models, tmp_path, tmp_path_factory, run_stacker, monkeypatch
    ) as made:
        yield made


@pytest.fixture
def ready(approved):
    """One of those, nothing special."""
    return approved()
