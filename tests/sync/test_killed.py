"""Killed at any moment and run again, a sync ends as if it had never been killed."""

from __future__ import annotations

import os
import time

import pytest
from faults import KILLED, walk
from sync_world import clone, edit, git, team

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="kills a fork of this process")


def state(bob, home):
    return (
        bob.files(),
        bob.git("rev-parse", "refs/stacker/head^{tree}"),
        git(home, "rev-parse", "refs/stacker/versions"),
        [(one["version"], one["command"]) for one in bob.stacker("log")["versions"]],
    )


def test_a_sync_that_merges(tmp_path, run_stacker, history, monkeypatch):
    monkeypatch.setattr(os, "fsync", lambda handle: None)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now)
    root = tmp_path / "team"
    root.mkdir()
    ann = team(run_stacker, root, history)
    ann.stacker("sync")
    bob = clone(ann, "bob")
    bob.stacker("sync")
    edit(ann, "one", "line 6\n", "ann\n")
    ann.stacker("sync")
    edit(bob, "three", "line 30\n", "bob\n")
    home = root / "home.git"
    moments = 0
    wanted = None
    for ended in walk(root, ["-C", "bob", "sync", "--json"]):
        assert ended.code == KILLED, ended
        run_stacker("--json", "sync", cwd=bob.home)
        now_is = state(bob, home)
        assert not [line for line in git(home, "fsck", "--full").splitlines() if "missing" in line]
        if wanted is None:
            wanted = now_is
        assert now_is == wanted, ended.steps[-1]
        moments += 1
    assert moments > 5
