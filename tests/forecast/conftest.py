from __future__ import annotations

import forecast_world
import pytest


@pytest.fixture
def three(tmp_path, run_stacker, history):
    return forecast_world.make(tmp_path, run_stacker, history)
