"""After the commit point: done twice is done once, and nobody else's decision is undone."""

from __future__ import annotations

import pytest
from land_world import UPSTREAM, acting_as, comments, land, landings, locked, master

from stacker import wiring
from stacker.git.objects import Oid
from stacker.land.settle import remember, settle


@pytest.fixture
def landed(ready):
    """Both members have landed and are closed; the intent of it."""
    ready.drift("Later")
    said = land(ready)
    [landing] = landings(ready)
    assert landing.intent.tx == said["tx"]
    return ready, landing.intent


def test_twice_is_once(landed):
    world, intent = landed
    before = [comments(world, s) for s in "ab"], locked(world)
    with acting_as(world, "up"), wiring.desk(world.folder) as desk:
        again = settle(desk.forge, intent, UPSTREAM, intent.candidate)
    assert ([comments(world, s) for s in "ab"], locked(world)) == before
    assert [m.pull_state for m in again] == ["closed", "closed"]
    assert [m.landed_as for m in again] == [m.landed_as for m in intent.members]


def test_a_comment_that_was_made_before_a_kill_is_not_made_again(landed):
    world, intent = landed
    world.change("a", state="open")
    with acting_as(world, "up"), wiring.desk(world.folder) as desk:
        settle(desk.forge, intent, UPSTREAM, intent.candidate)
    assert world.pull("a")["state"] == "closed"
    assert len(comments(world, "a")) == 1


def test_the_comment_names_the_others_and_not_itself(landed):
    world, intent = landed
    numbers = {m.stage: m.number for m in intent.members}
    [text] = comments(world, "a")
    assert f"together with #{numbers['b']}, by one update" in text
    assert f"#{numbers['a']}" not in text


def test_the_lock_is_written_only_for_what_it_does_not_know(landed):
    world, intent = landed
    file = world.folder / "series.lock"
    before = file.read_bytes()
    with acting_as(world, "up"), wiring.desk(world.folder) as desk:
        store = desk.work.store.git
        head = store.text("rev-parse", "refs/stacker/head")
        remember(desk.work, locked(world), "final")
        assert (file.read_bytes(), store.text("rev-parse", "refs/stacker/head")) == (before, head)
        remember(desk.work, {"a": Oid(master(world))}, "final")
    assert locked(world)["a"] == master(world) != intent.members[0].landed_as
