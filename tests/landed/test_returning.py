"""A stage that has left comes back when its landing does not hold; nothing is lost silently."""

from __future__ import annotations

import shutil

import pytest
from landed_world import LINES, ONE, TWO, drift, edited, port
from world import World, stages, statuses

from stacker.series.lock import parse


@pytest.fixture
def world(once, run_stacker, history):
    """`one` has landed and left; `two` stands on it, `alone` on the base."""

    def make(folder):
        made = port(folder, run_stacker, history)
        made.upstream.add("master", ("Squash one (#1)", ONE))
        assert statuses(made.stacker("rebase"))["one"] == "landed"
        return made

    return once("a port of which one has landed", make)


def line(world, stage="one"):
    return parse(world.lock()).stage(stage)


def test_reverted_since(world):
    landing, by = (
        world.upstream["Squash one (#1)"],
        world.upstream.add("master", ("Revert", {"a.c": LINES})),
    )
    drift(world)
    document = world.stacker("rebase")
    assert statuses(document) == {"one": "rebased", "two": "rebased", "alone": "rebased"}
    assert f"landed as {landing[:10]}, reverted by {by[:10]}" in stages(document)["one"]["because"]
    assert world.patch("one").name == "0001-one.patch"
    assert (line(world).landing, line(world).landed, line(world).reverted) == (
        None,
        False,
        (landing, by),
    )
    assert world.git("show", f"{stages(document)['two']['commit']}:a.c") == TWO["a.c"].strip()
    assert statuses(world.stacker("rebase")) == dict.fromkeys(("one", "two", "alone"), "unchanged")


def test_reverted_and_landed_again_at_once(world):
    world.upstream.add("master", ("Revert", {"a.c": LINES}))
    again = world.upstream.add("master", ("Again", ONE))
    assert statuses(world.stacker("rebase"))["one"] == "landed"
    assert (line(world).landing, line(world).reverted) == (again, None)


def test_landed_again_after_it_came_back(world):
    world.upstream.add("master", ("Revert", {"a.c": LINES}))
    world.stacker("rebase")
    again = world.upstream.add("master", ("Again", ONE))
    assert statuses(world.stacker("rebase"))["one"] == "landed"
    assert (line(world).landing, line(world).landed, line(world).reverted) == (again, True, None)


def test_what_upstream_builds_on_it_takes_nothing_back(world):
    world.upstream.add("master", ("Better", {"a.c": edited(n3="one, and better")}))
    assert statuses(world.stacker("rebase"))["one"] == "landed"


def test_an_older_base_is_without_the_landing(world):
    document = world.stacker("rebase", "--onto", world.upstream["start"])
    assert statuses(document) == {"one": "unchanged", "two": "rebased", "alone": "rebased"}
    assert "which the new base is without" in stages(document)["one"]["because"]
    assert statuses(world.stacker("rebase"))["one"] == "landed"


def test_a_clone_without_the_patches_says_so(world, tmp_path):
    clone = World(world.upstream, tmp_path / "clone", world.run)
    shutil.copytree(world.home, clone.home, ignore=shutil.ignore_patterns(".stacker"))
    by = world.upstream.add("master", ("Revert", {"a.c": LINES}))
    document = clone.stacker("rebase")
    assert stages(document)["one"]["status"] == "blocked"
    assert f"reverted by {by[:10]}" in stages(document)["one"]["because"]
    assert line(clone).landed
    assert line(clone).reverted.by == by
    assert statuses(clone.stacker("rebase"))["one"] == "blocked"
    # The store of somebody who had them gives them back.
    clone.git("fetch", "-q", str(world.home / ".stacker" / "store.git"), line(world).commit)
    assert statuses(clone.stacker("rebase"))["one"] == "rebased"
    assert clone.patch("one").name == "0001-one.patch"


def test_undo_leads_back_to_where_it_had_landed(world):
    world.upstream.add("master", ("Revert", {"a.c": LINES}))
    before = world.files()
    world.stacker("rebase")
    world.stacker("undo")
    assert world.files() == before
    assert statuses(world.stacker("rebase"))["one"] == "rebased"


def test_two_that_left_in_one_commit_come_back_together(tmp_path, run_stacker, history):
    world = port(tmp_path, run_stacker, history, close=True)
    world.upstream.add("master", ("Both", {"a.c": edited(n3="one", n4="two")}))
    assert statuses(world.stacker("rebase"))["two"] == "landed"
    world.upstream.add("master", ("Revert both", {"a.c": LINES}))
    drift(world)
    assert statuses(world.stacker("rebase")) == dict.fromkeys(("one", "two", "alone"), "rebased")
