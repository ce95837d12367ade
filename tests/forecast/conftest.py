from __future__ import annotations

import forecast_world
import pytest


@pytest.fixture
def three(once, run_stacker, history):
    return once(
        "three stages and a forecast",
        lambda folder: forecast_world.make(folder, run_stacker, history),
    )
