"""Approved groups, as for the tests of landings."""

from __future__ import annotations

import land_world
import pytest
import submit_world


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


@pytest.fixture(scope="session")
def unsubmitted_models(tmp_path_factory):
    return {}


@pytest.fixture
def unsubmitted(unsubmitted_models, tmp_path, tmp_path_factory, run_stacker, monkeypatch):
    """A series of two stages that nobody has published yet, on a hub that runs."""
    with submit_world.copies(
        unsubmitted_models, tmp_path, tmp_path_factory, run_stacker, monkeypatch
    ) as made:
        yield made(ids="ab")
