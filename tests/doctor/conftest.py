from __future__ import annotations

import pytest
import small_series

from stacker.series.directory import SeriesDirectory


@pytest.fixture
def small(once, history, run_stacker):
    """A series of two stages on a local upstream."""
    return once("a small series", lambda folder: small_series.make(folder, history, run_stacker))


@pytest.fixture
def directory(small):
    return SeriesDirectory(small.folder)
