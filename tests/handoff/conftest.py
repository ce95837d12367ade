"""Series with a stage to hand over."""

from __future__ import annotations

import hand_off_world
import pytest
import submit_world


@pytest.fixture
def alone(tmp_path, run_stacker):
    """`alone(proof)`: nothing but the stage, and no forge; nothing was packed yet."""
    return lambda proof="tree": hand_off_world.Alone.new(tmp_path, run_stacker, proof)


@pytest.fixture
def on_hub(tmp_path, tmp_path_factory, run_stacker, monkeypatch):
    """One that nothing was submitted of."""
    with submit_world.copies(
        {}, tmp_path, tmp_path_factory, run_stacker, monkeypatch, new=hand_off_world.new
    ) as made:
        yield made()
