"""Series with a stage to hand over, each made once and copied for every test."""

from __future__ import annotations

import hand_off_world
import pytest


@pytest.fixture(scope="session")
def hand_off_models(tmp_path_factory):
    return {}


@pytest.fixture
def world(hand_off_models, tmp_path, tmp_path_factory, run_stacker, monkeypatch):
    """One that nothing was submitted of."""
    with hand_off_world.copies(
        hand_off_models, tmp_path, tmp_path_factory, run_stacker, monkeypatch
    ) as made:
        yield made()
