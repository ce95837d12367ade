"""A landing that died on another machine: left alone for its time, then settled by anybody."""

from __future__ import annotations

import json
import re
import shutil

import pytest
from land_world import (
    LOCK,
    all_or_none,
    comments,
    dies_at_its_commit,
    git,
    land,
    master,
    reasons,
    refs,
    unfinished,
)

from stacker.land import lock
from stacker.land.by_push import ByPush


@pytest.fixture
def elsewhere(ready, monkeypatch):
    """`elsewhere(landed)`: another machine died at the commit point, whether or not it landed."""

    def made(*, landed):
        dies_at_its_commit(ready, monkeypatch, ByPush, after=landed)
        shutil.rmtree(ready.folder / ".stacker")  # all that it knew is gone with it
        return ready

    return made


def test_before_its_time_is_over_it_is_left_alone(elsewhere):
    world = elsewhere(landed=False)
    held = git(world.upstream.path, "rev-parse", LOCK)
    said = land(world, code=5)
    assert said["state"] == "blocked"
    [(who, _, text)] = reasons(said)
    assert who == "coordinator"
    assert text.startswith("another landing holds master: landing of final by ")
    assert "its time is over in 15 min" in text
    assert said["reasons"][0]["command"] == "stacker land … --take-over"
    assert git(world.upstream.path, "rev-parse", LOCK) == held


def test_when_it_is_over_the_next_one_settles_it(elsewhere, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(lock, "SECONDS", -1)
        world = elsewhere(landed=False)
    assert land(world)["state"] == "landed"
    assert all_or_none(world) == 1
    assert (refs(world), unfinished(world)) == ([], ())


def test_told_to_it_takes_over_at_once(elsewhere):
    world = elsewhere(landed=False)
    assert land(world, "--group", "final", "--take-over")["state"] == "landed"
    assert all_or_none(world) == 1
    assert refs(world) == []


def test_what_had_landed_there_is_landed_here(elsewhere):
    world = elsewhere(landed=True)
    tip = master(world)
    said = land(world)
    assert (said["state"], said["commit"]) == ("landed", tip)
    assert all_or_none(world) == 1


def forged_lock(world, **changes):
    """A lock as anybody who may push a branch can write it, whose time is over."""
    held = git(world.upstream.path, "rev-parse", LOCK)
    text = git(world.upstream.path, "cat-file", "commit", held)
    said = json.loads(re.search(r"(?m)^Stacker-Intent: (.*)$", text)[1])
    said |= changes
    text = re.sub(
        r"(?m)^Stacker-Intent: .*$", lambda _: f"Stacker-Intent: {json.dumps(said)}", text
    )
    text = re.sub(r"(?m)^Stacker-Expires: .*$", "Stacker-Expires: 0", text)
    made = world.root / "lock"
    made.write_text(text + "\n")
    new = git(world.upstream.path, "hash-object", "-t", "commit", "-w", str(made))
    git(world.upstream.path, "update-ref", LOCK, new)
    return said


def test_a_lock_that_names_pull_requests_of_others_closes_none_of_them(elsewhere):
    world = elsewhere(landed=False)
    tip = master(world)
    tree = git(world.upstream.path, "rev-parse", f"{tip}^{{tree}}")
    said = forged_lock(world)
    members = [{**one, "number": 7} for one in said["members"]]
    forged_lock(world, candidate=tip, tree=tree, base=tip, members=members)
    world.door.seen.clear()
    blocked = land(world, code=5)
    assert blocked["state"] == "blocked"
    assert "another landing holds master" in reasons(blocked)[0][2]
    assert world.door.writes == []
    assert land(world, "--group", "final", "--take-over")["state"] == "landed"
    assert all_or_none(world) == 1
    assert all("/issues/7/" not in path for _, path, *_ in world.door.seen)


def test_a_lock_that_names_another_commit_as_landed_announces_nothing(elsewhere):
    world = elsewhere(landed=False)
    tip = master(world)
    tree = git(world.upstream.path, "rev-parse", f"{tip}^{{tree}}")
    forged_lock(world, candidate=tip, tree=tree)
    assert land(world)["state"] == "landed"
    assert master(world) != tip
    assert all_or_none(world) == 1
    assert all(tip not in text for text in comments(world, "a"))
