"""`stacker land` through one landing pull request, where the branch takes no pushes."""

from __future__ import annotations

import pytest
from land_world import (
    GROUP,
    STAGING,
    UPSTREAM,
    agree,
    all_or_none,
    comments,
    git,
    inside,
    land,
    landing_pull,
    life,
    locked,
    master,
    methods,
    press,
    protect,
    reasons,
    refs,
    unfinished,
)


@pytest.fixture
def guarded(ready):
    """Upstream's branch takes pull requests only, with one approval."""
    protect(ready, approvals=1)
    return ready


def test_it_waits_for_the_landing_pull_request_and_keeps_it(guarded):
    said = land(guarded, code=5)
    assert (said["state"], said["way"]) == ("waiting", "pull-request")
    assert "approv" in reasons(said)[0][2]
    pull = landing_pull(guarded)
    again = land(guarded, code=5)
    assert again["tx"] == said["tx"]
    assert landing_pull(guarded)["head"] == pull["head"]
    assert all_or_none(guarded) == 0
    agree(guarded, pull)
    done = land(guarded)
    assert (done["state"], done["guarantee"]) == ("landed", "atomic")
    assert all_or_none(guarded) == 1
    assert refs(guarded) == []
    assert [guarded.pull(s)["state"] for s in "ab"] == ["closed", "closed"]
    assert land(guarded)["state"] == "landed"
    assert [len(comments(guarded, s)) for s in "ab"] == [1, 1]


def test_an_admin_does_not_pass_over_the_rules(ready):
    protect(ready, approvals=1, admins=False)
    said = land(ready, code=5)
    assert said["state"] == "waiting"
    assert life(ready) == []


@pytest.mark.parametrize(
    ("way", "guarantee", "commits"),
    [("rebase", "atomic", 2), ("merge", "atomic", 1), ("squash", "one-squashed-commit", 1)],
)
@pytest.mark.parametrize("moved", [False, True])
def test_each_way_of_merging_is_one_update(guarded, way, guarantee, commits, moved):
    methods(guarded, way)
    before = master(guarded)
    land(guarded, code=5)
    agree(guarded, landing_pull(guarded))
    if moved:  # behind the back of stacker: its candidate stays the one that was approved
        before = guarded.drift("Moved")
        press(guarded, landing_pull(guarded), way)
    said = land(guarded)
    assert (said["state"], said["guarantee"]) == ("landed", guarantee)
    assert said["commit"] == master(guarded)
    log = git(guarded.upstream.path, "log", "--first-parent", "--format=%H", f"{before}..master")
    assert len(log.split()) == commits
    assert all_or_none(guarded) == 1
    assert inside(guarded, "master") == {"a", "b"}
    assert locked(guarded) == {"a": said["commit"], "b": said["commit"]}
    assert refs(guarded) == []


def test_a_squash_credits_everybody_and_calls_nobody(guarded):
    methods(guarded, "squash")
    land(guarded, code=5)
    pull = landing_pull(guarded)
    assert "Co-authored-by: Ada Upstream <ada@example.org>" in pull["body"]
    agree(guarded, pull)
    said = land(guarded)
    text = git(guarded.upstream.path, "log", "-1", "--format=%B", "master")
    assert "Co-authored-by: Ada Upstream <ada@example.org>" in text
    assert f"Stacker-Landing: {said['tx']}" in text
    assert "* Part a: the first (#1)" in text
    assert "@zed" not in text
    assert "fixes #1" not in text
    assert "as one commit for all" in comments(guarded, "b")[0]


def test_the_gate_opens_for_the_landing_pull_request_only(ready):
    protect(ready, approvals=1, checks=["land-together"])
    land(ready, code=5)
    pull = landing_pull(ready)
    found = ready.ask("GET", f"/repos/{UPSTREAM}/commits/{pull['head']['sha']}/statuses")
    assert [(s["context"], s["state"]) for s in found] == [("land-together", "success")]
    agree(ready, pull)
    assert land(ready)["state"] == "landed"


def test_a_maintainer_presses_the_button_between_two_runs(guarded):
    land(guarded, code=5)
    agree(guarded, landing_pull(guarded))
    press(guarded, landing_pull(guarded), "squash")
    assert all_or_none(guarded) == 1
    said = land(guarded)
    assert (said["state"], said["commit"]) == ("landed", master(guarded))
    assert [guarded.pull(s)["state"] for s in "ab"] == ["closed", "closed"]
    assert all_or_none(guarded) == 1
    assert unfinished(guarded) == ()


def test_a_candidate_that_was_replaced_is_forgotten(guarded):
    """Upstream moves while it waits: a new candidate in the same pull request, one verdict."""
    first = land(guarded, code=5)
    old = landing_pull(guarded)
    guarded.drift("Moved")
    second = land(guarded, code=5)
    new = landing_pull(guarded)
    assert first["tx"] != second["tx"]
    assert old["number"] == new["number"]
    assert old["head"]["sha"] != new["head"]["sha"]
    agree(guarded, new)
    assert land(guarded)["tx"] == second["tx"]
    assert all_or_none(guarded) == 1
    assert unfinished(guarded) == ()


def test_a_landing_branch_that_somebody_else_moved_is_not_merged(guarded):
    """What stacker put there is put back; nothing that it did not make is merged."""
    land(guarded, code=5)
    path = guarded.upstream.path
    foreign = git(path, "commit-tree", "-p", STAGING, "-m", "Mine", "master^{tree}")
    git(path, "update-ref", STAGING, foreign)
    agree(guarded, landing_pull(guarded))
    said = land(guarded, code=5)
    assert said["state"] == "waiting"
    assert git(path, "rev-parse", STAGING) != foreign
    assert life(guarded) == []


def test_a_stage_alone_is_squashed_by_its_own(approved):
    world = approved(more="")
    protect(world, approvals=1)
    methods(world, "squash")
    said = land(world, "a")
    assert (said["state"], said["guarantee"]) == ("landed", "one-squashed-commit")
    assert world.pull("a")["merged"] is True
    assert len(world.pulls()) == 2
    subject = git(world.upstream.path, "log", "-1", "--format=%s", "master")
    assert subject == "Part a: the first (#1)"
    assert inside(world, "master") == {"a"}


def test_the_history_of_a_review_never_lands(approved):
    """Where commits are kept, a stage alone has a landing pull request with its clean chain."""
    world = approved(more="")
    world.edit_patch("a", b"@@ -0,0 +1 @@\n+", b"@@ -0,0 +1 @@\n+more ")
    world.submit()
    world.approve("a")
    protect(world, approvals=1)
    methods(world, "rebase")
    assert land(world, "a", code=5)["state"] == "waiting"
    [pull] = [p for p in world.pulls() if p["head"]["ref"].startswith("stacker-landing/")]
    agree(world, pull)
    assert land(world, "a")["state"] == "landed"
    assert git(world.upstream.path, "log", "--format=%s", "master").split("\n") == ["a", "start"]


def test_the_plan_may_ask_for_it(approved):
    world = approved()
    plan = world.folder / "series.toml"
    text = plan.read_text(encoding="utf-8").replace(
        'branch = "master"', 'branch = "master"\nlanding = "pull-request"'
    )
    plan.write_text(text, encoding="utf-8", newline="\n")
    assert GROUP in text
    said = land(world)
    assert (said["state"], said["way"]) == ("landed", "pull-request")
    assert all_or_none(world) == 1
