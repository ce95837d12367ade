from __future__ import annotations

import pytest
import small_series


@pytest.fixture
def small(tmp_path, history, run_stacker):
    """A series of two stages on a local upstream."""
    return small_series.make(tmp_path, history, run_stacker)
