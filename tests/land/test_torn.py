"""A member that somebody merged alone: the rest is frozen until a person says what is to be."""

from __future__ import annotations

import pytest
from land_world import UPSTREAM, inside, land, master, reasons, refs


def press(world, stage, method="squash"):
    """A maintainer merges a member's own pull request."""
    number = world.lock.stage(stage).pull
    pull = world.pull(stage)
    if pull["draft"]:
        world.graph("markPullRequestReadyForReview", pull, "up")
    path = f"/repos/{UPSTREAM}/pulls/{number}/merge"
    world.ask("PUT", path, {"merge_method": method}, "zed")
    return master(world)


@pytest.fixture
def lone(ready):
    """The first member was merged alone; its commit."""
    return ready, press(ready, "a")


def test_the_ways_out_are_commands(lone):
    world, commit = lone
    said = land(world, code=6)
    assert said["state"] == "torn"
    number = world.lock.stage("a").pull
    assert reasons(said)[0][2] == f"#{number} landed alone as {commit[:8]}; the rest is frozen"
    commands = [r["command"] for r in said["reasons"]]
    assert "stacker land --group final --rest" in commands
    assert f"stacker land --revert {commit}" in commands
    assert {m["stage"]: m["landed_as"] for m in said["members"]} == {"a": commit, "b": None}
    assert (master(world), refs(world)) == (commit, [])


def test_the_rest_may_land(lone):
    world, _ = lone
    said = land(world, "--group", "final", "--rest")
    assert (said["state"], said["guarantee"]) == ("landed", "none")
    assert inside(world, "master") == {"a", "b"}
    assert land(world)["state"] == "landed"


def test_or_it_is_taken_back_and_all_land_together(lone):
    world, commit = lone
    assert land(world, "--revert", commit)["state"] == "landed"
    assert inside(world, "master") == set()
    world.good("rebase")
    world.good("submit")
    for stage in "ab":
        world.approve(stage)
    assert land(world, "--group", "final", "--again")["state"] == "landed"
    assert inside(world, "master") == {"a", "b"}


def test_the_last_members_pull_request_holds_the_whole_group(ready):
    """From a fork it contains all below it: nothing is missing, nothing is torn."""
    commit = press(ready, "b")
    assert inside(ready, "master") == {"a", "b"}
    said = land(ready)
    assert (said["state"], said["commit"]) == ("landed", commit)


def test_it_happens_while_a_landing_waits(ready, approved):
    """A landing that was prepared finds it, and does nothing more by itself."""
    said = land(ready, code=5, who="porter")
    assert said["state"] == "waiting"
    commit = press(ready, "a")
    again = land(ready, code=6, who="porter")
    assert again["state"] == "torn"
    assert master(ready) == commit
    assert land(ready, code=6)["state"] == "torn"
    assert "--rest" in str(land(ready, code=6)["reasons"])
