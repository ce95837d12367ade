"""A submitted and approved group of two."""

from __future__ import annotations

import land_world
import pytest


@pytest.fixture(scope="session")
def status_models(tmp_path_factory):
    return {}


@pytest.fixture
def grouped(status_models, tmp_path, tmp_path_factory, run_stacker, monkeypatch):
    """`grouped()`: such a series on a hub that runs."""
    with land_world.copies(
        status_models, tmp_path, tmp_path_factory, run_stacker, monkeypatch
    ) as made:
        yield made
