"""What a landing that went wrong leaves: no lock, no branch, no pull request to be merged."""

from __future__ import annotations

import pytest
from land_world import (
    LOCK,
    STAGING,
    UPSTREAM,
    acting_as,
    agree,
    all_or_none,
    git,
    land,
    landing_by,
    landing_pull,
    master,
    methods,
    press,
    protect,
    refs,
    unfinished,
)

from stacker.hub.faults.rules import Before, Reply, Rule
from stacker.land.by_pull import ByPull

PUSH = "/up/proj.git/git-receive-pack"


class Died(BaseException):
    """What a power cut is to the code that runs."""


def dies_at_its_merge(world, monkeypatch, *arguments):
    def died(*_):
        raise Died

    with monkeypatch.context() as patch:
        patch.setattr(ByPull, "commit", died)
        with acting_as(world, "up"), pytest.raises(Died):
            world.run("land", *(arguments or ("--group", "final")))


def test_what_has_landed_holds_no_lock_though_it_cannot_be_settled(ready):
    landing_by(ready, "pull-request")
    refusal = Before(Reply(403, {"message": "Not now."}))
    ready.hub.faults.set(Rule(refusal, "POST", "/repos/**/comments", times=None))
    assert land(ready, code=6)["state"] == "landed"
    assert LOCK not in refs(ready)
    ready.hub.faults.set()
    assert land(ready)["follow_up"] == []
    assert refs(ready) == []


def test_what_is_given_up_holds_no_lock_though_its_branch_stays(ready, monkeypatch):
    landing_by(ready, "pull-request")
    dies_at_its_merge(ready, monkeypatch)
    ready.hub.faults.set(Rule(Before(Reply(500)), "POST", PUSH, nth=2))
    land(ready, code=1)
    assert refs(ready) == [STAGING]
    ready.hub.faults.set()
    assert land(ready)["state"] == "landed"
    assert (refs(ready), unfinished(ready)) == ([], ())


def test_after_wrong_files_were_taken_back_it_lands(ready):
    protect(ready, approvals=1)
    tx = land(ready, code=5)["tx"]
    ready.upstream.add("master", (f"Else\n\nStacker-Landing: {tx}\n", {"else.txt": "else\n"}))
    wrong = land(ready, code=6)
    assert wrong["state"] == "torn"
    assert wrong["reasons"][0]["command"] == f"stacker land --revert {tx}"
    assert land(ready, code=6)["state"] == "torn"
    land(ready, "--revert", tx, code=5)
    [pull] = [p for p in ready.pulls() if f"revert-{tx[:10]}" in p["head"]["ref"]]
    agree(ready, pull)
    assert land(ready, "--revert", tx)["state"] == "landed"
    assert land(ready, code=5)["state"] == "waiting"
    agree(ready, landing_pull(ready))
    assert land(ready)["state"] == "landed"
    assert (refs(ready), unfinished(ready)) == ([], ())


def test_what_is_merged_while_it_is_given_up_has_landed(ready):
    """A maintainer presses the button before the branch is gone."""
    protect(ready, approvals=1)
    land(ready, code=5)
    pull = landing_pull(ready)
    agree(ready, pull)
    earlier = ready.door.act

    def look(method, path):
        if method == "POST" and path == PUSH:
            ready.door.act = earlier
            press(ready, pull, "rebase")

    ready.door.act = look
    said = land(ready, "--group", "final", "--abort")
    assert (said["state"], said["commit"]) == ("landed", master(ready))
    assert (refs(ready), unfinished(ready), all_or_none(ready)) == ([], (), 1)


def test_the_draft_that_stopped_a_late_merge_stops_no_landing(approved, monkeypatch):
    world = approved(more="")
    protect(world, approvals=1)
    methods(world, "squash")
    dies_at_its_merge(world, monkeypatch, "a")
    said = land(world, "a")
    assert said["state"] == "landed"


def test_a_landing_pull_request_of_a_fork_goes_when_upstream_has_another(ready):
    """Whoever may not write asked from the fork; then somebody who may lands it."""
    landing_by(ready, "pull-request")
    with acting_as(ready, "porter"):
        assert land(ready, code=5, who="porter")["state"] == "waiting"
    assert landing_pull(ready)["head"]["repo"]["full_name"] != UPSTREAM
    world = ready
    world.drift("Moved")
    world.ask("PUT", f"/repos/{UPSTREAM}/collaborators/porter", {"permission": "push"}, "up")
    assert land(world, who="porter")["state"] == "landed"
    assert [p for p in world.pulls() if p["state"] == "open"] == []
    assert git(world.fork, "for-each-ref", "refs/heads/stacker-landing") == ""
