"""A hub, an upstream, a fork and a series for every test."""

from __future__ import annotations

import adopt_world
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


@pytest.fixture(scope="session")
def adopted_models(tmp_path_factory):
    return {}


@pytest.fixture
def adopting(adopted_models, tmp_path, tmp_path_factory, run_stacker, monkeypatch):
    """`adopting(by=…, maintainer=…)`: somebody's pull request was imported, nothing submitted."""
    with copies(
        adopted_models, tmp_path, tmp_path_factory, run_stacker, monkeypatch, new=adopt_world.new
    ) as made:
        yield made
