from __future__ import annotations

import pytest
import small_series

from stacker.series.directory import SeriesDirectory


@pytest.fixture
def small(tmp_path, history, run_stacker):
    """A series of two stages on a local upstream."""
    return small_series.make(tmp_path, history, run_stacker)


@pytest.fixture
def directory(small):
    return SeriesDirectory(small.folder)
