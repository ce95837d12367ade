"""A small series that has to be merged with upstream's drift."""

from __future__ import annotations

import os
import time

import pytest
from robust_world import LINES, edited
from world import begin


@pytest.fixture
def upstream(tmp_path, history):
    """Upstream changes another place of a file that the first patch changes too."""
    made = history.draw(tmp_path / "upstream", {
        "master": [("start", {"a.c": LINES, "b.c": LINES}),
                   ("drift", {"a.c": edited((1, "drift"))})],
        "port": ["start", ("First", {"a.c": edited((25, "port"))}),
                 ("Second", {"b.c": edited((25, "port"))})],
    })  # fmt: skip
    made.git("tag", "start", made["start"])
    return made


@pytest.fixture
def empty(tmp_path, run_stacker, upstream):
    """A series directory without stages."""
    return begin(run_stacker, tmp_path, upstream)


@pytest.fixture
def world(empty):
    """A series of two stages, `first` and `second`."""
    empty.stacker("import", "start..port", "--stage-per-commit")
    return empty


@pytest.fixture
def quick(monkeypatch):
    """No power cut is tried, so nothing waits for the disk; and all happens in one second."""
    monkeypatch.setattr(os, "fsync", lambda handle: None)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now)
