"""Branches that are upstream's own: bases are the branches below, and nothing closes by itself."""

from __future__ import annotations

import json

import pytest
from submit_world import FORK, UPSTREAM, git, kinds

CHAIN = {"a": [], "b": ["a"], "c": ["b"]}


@pytest.fixture
def inside(make):
    """A chain of three with push access upstream, submitted."""
    return make(fork=None, submitted=True)


def bases(world):
    return {one: world.pull(one)["base"]["ref"] for one in "abc"}


def all_open(world):
    return {p["state"] for p in world.pulls()} == {"open"} and len(world.pulls()) == 3


def test_bases_are_the_branches_below(inside):
    assert bases(inside) == {"a": "master", "b": "s/a", "c": "s/b"}
    inside.reviewable()
    assert inside.branches() == {f"s/{one}": inside.lock.stage(one).commit for one in "abc"}
    assert inside.submit()["actions"] == []


def test_a_stage_on_two_has_a_below_branch(inside):
    inside.plan({"a": [], "b": [], "c": ["a", "b"]})
    inside.submit()
    assert bases(inside) == {"a": "master", "b": "master", "c": "s/c.below"}
    inside.reviewable()
    assert all_open(inside)
    inside.plan(CHAIN)
    inside.submit()
    assert bases(inside) == {"a": "master", "b": "s/a", "c": "s/b"}
    assert all_open(inside)
    assert inside.submit()["actions"] == []


@pytest.mark.parametrize("order", ["bac", "cab", "cba"])
def test_in_another_order_nothing_is_merged_or_closed(inside, order):
    first, second, third = order
    inside.plan({first: [], second: [first], third: [second]})
    said = inside.submit()
    push = kinds(said).index("push")
    before = said["actions"][:push]
    assert {a["kind"] for a in before} <= {"edit"}
    assert all(a["fields"] == ["base"] for a in before)
    assert bases(inside) == {first: "master", second: f"s/{first}", third: f"s/{second}"}
    assert all_open(inside)
    inside.reviewable()
    assert inside.submit()["actions"] == []


def test_a_stage_taken_out_of_the_middle(inside):
    inside.plan({"a": [], "c": ["a"]})
    inside.submit()
    assert inside.pull("c")["base"]["ref"] == "s/a"
    assert inside.ask("GET", f"/repos/{UPSTREAM}/pulls/2")["state"] == "open"
    inside.reviewable()


def test_rebased_over_drift_all_heads_move_at_once(inside):
    inside.drift("drift")
    inside.good("rebase")
    assert kinds(inside.submit()) == ["push", "edit", "edit", "edit"]
    assert inside.submit()["actions"] == []
    inside.reviewable()
    assert all_open(inside)


def test_after_a_need_landed_the_base_is_the_trunk(inside):
    inside.squash("a")
    inside.good("rebase")
    inside.submit()
    assert inside.pull("b")["base"]["ref"] == "master"
    inside.reviewable()


def test_a_branch_that_moved_since_it_was_read_is_not_overwritten(inside):
    inside.edit_patch("a", b"@@ -0,0 +1 @@\n+", b"@@ -0,0 +1 @@\n+more ")
    theirs = []

    def somebody_is_faster(method, path):
        if method == "POST" and path.endswith("git-receive-pack") and not theirs:
            theirs.append(inside.push_foreign("s/b"))

    before = inside.branches()
    inside.door.act = somebody_is_faster
    ran = inside.run("submit")
    assert ran.code == 1
    assert "stale" in ran.document["error"]["message"] or "s/b" in ran.document["error"]["message"]
    assert inside.branches() == before | {"s/b": theirs[0]}
    assert inside.run("submit").code == 5


def test_rewriting_from_a_fork_bases_on_the_trunk(make):
    world = make()
    world.plan(CHAIN, publish="rewrite")
    world.submit()
    assert set(bases(world).values()) == {"master"}
    world.drift("drift")
    world.good("rebase")
    world.submit()
    assert world.branches() == {f"s/{one}": world.lock.stage(one).commit for one in "abc"}
    assert git(world.fork, "rev-list", "--count", "master..s/c") == "4"
    world.reviewable()


def test_turned_round_with_one_taken_out_all_stay_open_and_nothing_is_sent_for_nothing(inside):
    sent = []

    def compare(method, path):
        if method == "PATCH":
            given = json.loads(inside.door.body)
            pull = inside.ask("GET", path.partition("/v3")[2])
            there = {"title": pull["title"], "body": pull["body"], "base": pull["base"]["ref"]}
            sent.extend((field, value != there[field]) for field, value in given.items())

    inside.plan({"c": [], "a": ["c"]})
    inside.text("a", "# Another title\n")
    inside.door.act = compare
    said = inside.submit()
    inside.door.act = None
    assert {field for field, _ in sent} == {"title", "body", "base"}
    assert all(changed for _, changed in sent)
    assert all_open(inside)
    assert {one["stage"]: one["number"] for one in said["left_over"]} == {"b": 2}
    inside.reviewable()
    assert inside.submit()["actions"] == []


def test_a_stage_that_went_into_the_one_below_it_is_not_called_merged(inside):
    """What its branch was is what the branch under its pull request becomes."""
    (patch,) = (inside.folder / "patches" / "c").iterdir()
    patch.rename(inside.folder / "patches" / "b" / f"0002-{patch.name[5:]}")
    inside.plan({"a": [], "b": ["a"]})
    old = inside.branches()
    said = inside.submit()
    assert inside.branches()["s/b"] == old["s/c"]
    assert [one["stage"] for one in said["left_over"]] == ["c"]
    there = {one["number"]: one["base"]["ref"] for one in inside.pulls()}
    assert there == {1: "master", 2: "s/a", 3: "master"}
    assert all_open(inside)
    assert inside.submit()["actions"] == []


@pytest.mark.parametrize(("fork", "kind"), [(None, "contained"), (FORK, "identical")])
def test_what_upstream_has_already_stops_all_before_anything(make, fork, kind):
    world = make(fork=fork, ids="ab")
    of, landed = world.clone.path, world.clone["a"]  # as somebody else committed it
    if kind == "contained":
        of, landed = world.folder / ".stacker" / "store.git", world.lock.stage("a").commit
    git(world.upstream.path, "fetch", "-q", of, landed)
    if kind == "contained":
        tree = f"{world.upstream['start']}^{{tree}}"
        landed = git(world.upstream.path, "commit-tree", "-p", landed, "-m", "Revert", tree)
    git(world.upstream.path, "update-ref", "refs/heads/master", landed)
    has = {"contained": "all of it", "identical": "the very files of it"}[kind]
    why = f"upstream's master has {has}: the forge opens no such pull request"
    way_out = "`stacker rebase` takes that in"
    for dry in (["--dry-run"], []):
        ran = world.run("submit", *dry)
        assert ran.code == 5
        assert (ran.document["actions"], world.branches(), world.pulls()) == ([], {}, [])
        assert ran.document["stopped"][0] == {
            "stage": "a", "number": None, "kind": kind, "text": why, "way_out": way_out,
        }  # fmt: skip
    said = world._run("submit", cwd=world.folder).out.splitlines()
    assert said[1:3] == [f"  a: {why}", f"    -> {way_out}"]
    world.good("rebase")
    world.submit()
    assert [p["title"] for p in world.pulls()][-1] == {"contained": "a", "identical": "b"}[kind]
