"""A hub, an upstream, a fork and a series for every test."""

from __future__ import annotations

import pytest
from submit_world import copies


@pytest.fixture(scope="session")
def models(tmp_path_factory):
    """Worlds that were made once, to be copied: by what they were made with."""
    return {}


@pytest.fixture
def make(models, tmp_path, tmp_path_factory, run_stacker, monkeypatch):
    """`make(fork=…, ids=…, submitted=…)`: stages that stand on each other as their ids follow."""
    with copies(models, tmp_path, tmp_path_factory, run_stacker, monkeypatch) as made:
        yield made


@pytest.fixture
def world(make):
    """A chain of three, nothing submitted."""
    return make()


@pytest.fixture
def sent(make):
    """The same, submitted."""
    return make(submitted=True)
