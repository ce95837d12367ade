"""The worlds of `tests/submit`."""

from __future__ import annotations

import pytest
from submit_world import copies


@pytest.fixture(scope="session")
def models(tmp_path_factory):
    """Worlds that were made once, to be copied: by what they were made with."""
    return {}


@pytest.fixture
def make(models, tmp_path, tmp_path_factory, run_stacker, monkeypatch):
    """`make(fork=…, ids=…, submitted=…)`."""
    with copies(models, tmp_path, tmp_path_factory, run_stacker, monkeypatch) as made:
        yield made
