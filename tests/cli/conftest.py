from __future__ import annotations

import pytest
import small_series


@pytest.fixture
def small(tmp_path, history, run_stacker):
    """A series of two stages on a local upstream."""
    return small_series.make(tmp_path, history, run_stacker)


@pytest.fixture
def hub(tmp_path):
    with small_series.serve(tmp_path) as running:
        yield running


@pytest.fixture
def submitted(tmp_path, hub, history, run_stacker, monkeypatch):
    """The same series with its pull requests open on a hub."""
    monkeypatch.setenv("STACKER_FORGE", hub.url)
    monkeypatch.setenv("GITHUB_TOKEN", "me-token")
    made = small_series.on_forge(tmp_path, hub, history, run_stacker)
    made.good("submit")
    return made
