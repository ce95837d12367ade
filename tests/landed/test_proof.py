"""A stage leaves the series only with a landing that its own replay proves."""

from __future__ import annotations

import pytest
from landed_world import LINES, ONE, TWO, drift, edited, port
from world import stages, statuses


@pytest.fixture
def world(once, run_stacker, history):
    """`two` stands on `one`; `alone` on the base."""
    return once("a port", lambda folder: port(folder, run_stacker, history))


def test_squashed(world):
    drift(world)
    world.upstream.add("master", ("Squash one (#1)", ONE))
    drift(world, "more")
    document = world.stacker("rebase")
    assert statuses(document) == {"one": "landed", "two": "rebased", "alone": "rebased"}
    assert stages(document)["one"]["commit"] == world.upstream["Squash one (#1)"]
    assert world.git("rev-parse", f"{stages(document)['two']['commit']}^") == world.upstream["more"]
    assert not (world.home / "patches" / "one").exists()
    again = world.stacker("rebase")
    assert statuses(again) == {"one": "landed", "two": "unchanged", "alone": "unchanged"}


def test_merged(world):
    up = world.upstream
    drift(world)
    tree = up.git("merge-tree", "--write-tree", "master", up["Two"])
    up.git("update-ref", "refs/heads/master", up.git(
        "commit-tree", tree, "-m", "Merge", "-p", "master", "-p", up["Two"]))  # fmt: skip
    document = world.stacker("rebase")
    assert statuses(document) == {"one": "landed", "two": "landed", "alone": "rebased"}
    merge = up.git("rev-parse", "master")
    assert {stages(document)[s]["commit"] for s in ("one", "two")} == {merge}


def test_two_stages_in_one_squashed_commit(world):
    drift(world)
    world.upstream.add("master", ("Both", TWO))
    document = world.stacker("rebase")
    assert statuses(document) == {"one": "landed", "two": "landed", "alone": "rebased"}


def test_as_one_commit_each(world):
    world.upstream.add("master", ("L1", ONE), ("L2", TWO))
    found = stages(world.stacker("rebase"))
    assert found["one"]["commit"] == world.upstream["L1"]
    assert found["two"]["commit"] == world.upstream["L2"]


def test_landed_and_reverted_is_not_landed(world):
    world.upstream.add("master", ("L1", ONE), ("Revert L1", {"a.c": LINES}))
    document = world.stacker("rebase")
    assert statuses(document) == {"one": "rebased", "two": "rebased", "alone": "rebased"}
    assert world.git("show", f"{stages(document)['two']['commit']}:a.c") == TWO["a.c"].strip()


def test_landed_again_after_a_revert(world):
    up = world.upstream
    up.add("master", ("L1", ONE), ("Revert L1", {"a.c": LINES}), ("Again", ONE))
    landed = stages(world.stacker("rebase"))["one"]
    assert landed["status"] == "landed"
    assert landed["commit"] in (up["L1"], up["Again"])


def test_the_same_words_with_more_are_no_proof(world):
    world.upstream.add("master", ("One and more", {**ONE, "c.c": "more\n"}))
    document = world.stacker("rebase")
    assert statuses(document)["one"] == "rebased"
    assert "no commit proves that it landed" in stages(document)["one"]["because"]
    assert world.patch("one").is_file()


def test_a_stage_lands_before_what_it_needs(world):
    landed = world.upstream.add("master", ("Two first", {"a.c": edited(n9="two")}))
    document = world.stacker("rebase")
    assert statuses(document) == {"one": "rebased", "two": "landed", "alone": "rebased"}
    assert stages(document)["two"]["commit"] == landed


def test_an_older_base_brings_landed_stages_not_back(world):
    world.upstream.add("master", ("L1", ONE))
    world.stacker("rebase")
    world.stacker("undo")
    assert world.patch("one").is_file()
    assert statuses(world.stacker("rebase"))["one"] == "landed"
