"""A landing that was begun on one machine is known, and ended, on another."""

from __future__ import annotations

import shutil
from dataclasses import replace

import pytest
from land_world import (
    UPSTREAM,
    all_or_none,
    comments,
    git,
    land,
    landing_pull,
    landings,
    protect,
)


def share(world):
    """Give the series a home, and let it have what this machine knows."""
    home = world.root / "home.git"
    git(world.root, "init", "-q", "--bare", "-b", "main", str(home))
    git(world.folder, "remote", "add", "origin", str(home))
    git(world.folder, "add", "-A")
    git(world.folder, "-c", "user.name=p", "-c", "user.email=p@x", "commit", "-q", "-m", "s")
    git(world.folder, "push", "-q", "origin", "HEAD:refs/heads/main")
    return world.good("sync")


def elsewhere(world):
    """Another machine: a clone of home, made whole by a sync. The first one is gone."""
    shutil.rmtree(world.folder / ".stacker")
    world.folder.rename(world.root / "gone")
    git(world.root, "clone", "-q", "-b", "main", str(world.root / "home.git"), "there")
    world.folder = world.root / "there"
    return world.good("sync")


@pytest.fixture
def waiting(ready):
    """Upstream takes pull requests only, and the landing's waits for an approval."""
    protect(ready, approvals=1)
    assert land(ready, code=5)["state"] == "waiting"
    return ready


def test_it_waits_here_and_lands_there(waiting):
    pull = landing_pull(waiting)
    [begun] = landings(waiting)
    assert share(waiting)["landings"]["sent"] == 1
    assert elsewhere(waiting)["landings"]["taken"] == 1
    assert landings(waiting) == (replace(begun, own=False),)
    assert waiting.good("status")["unfinished"]
    path = f"/repos/{UPSTREAM}/pulls/{pull['number']}/reviews"
    waiting.ask("POST", path, {"event": "APPROVE", "body": "Good."}, "zed")
    done = land(waiting)
    assert (done["state"], done["tx"]) == ("landed", begun.intent.tx)
    assert all_or_none(waiting) == 1
    assert [waiting.pull(stage)["state"] for stage in "ab"] == ["closed", "closed"]
    assert [len(comments(waiting, stage)) for stage in "ab"] == [1, 1]


def test_a_maintainer_presses_the_button_before_the_other_machine_looks(waiting):
    pull = landing_pull(waiting)
    share(waiting)
    elsewhere(waiting)
    path = f"/repos/{UPSTREAM}/pulls/{pull['number']}"
    waiting.ask("POST", f"{path}/reviews", {"event": "APPROVE", "body": "Good."}, "zed")
    waiting.ask("PUT", f"{path}/merge", {"merge_method": "squash"}, "zed")
    assert land(waiting)["state"] == "landed"
    assert all_or_none(waiting) == 1
    assert [waiting.pull(stage)["state"] for stage in "ab"] == ["closed", "closed"]


def test_what_is_done_is_known_to_be_done(ready):
    assert land(ready)["state"] == "landed"
    share(ready)
    elsewhere(ready)
    assert [one.ended for one in landings(ready)] == [True]
    assert ready.good("status")["unfinished"] == []
    assert land(ready)["state"] == "landed"


def test_evidence_of_others_is_shown_and_no_landing_relies_on_it(approved):
    check = '\n[[checks]]\nname = "there"\nrun = [["{python}", "-c", "import sys; sys.exit(0)"]]\n'
    world = approved(more=f'[groups.final]\nstages = ["a", "b"]\napprovals = 1\n{check}')
    world.good("verify", "--trust")
    assert share(world)["evidence"]["sent"] == 2
    assert elsewhere(world)["evidence"]["taken"] == 2
    known = world.good("verify", "--trust")["results"]
    assert [(r["verdict"], r["cached"]) for r in known] == [("passed", True)] * 2
    logs = world.folder / ".stacker" / "logs"
    assert not list(logs.glob("*")) if logs.is_dir() else True
    assert land(world)["state"] == "landed"
    assert len(list(logs.glob("*.log"))) == 2  # both ran here before anything landed
