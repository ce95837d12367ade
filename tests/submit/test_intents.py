"""A submit that is killed anywhere and run again ends where one ends that was never killed."""

from __future__ import annotations

import pytest
from submit_world import kill

from stacker.series.lock import Published
from stacker.submit import intents

# intents, push, two opened, two texts, save: before and after each.
STEPS = 14


def change(world):
    world.edit_patch("a", b"@@ -0,0 +1 @@\n+", b"@@ -0,0 +1 @@\n+more ")


@pytest.fixture(scope="module")
def never():
    """What people see, and the lock, when no submit is ever killed; filled by the first test."""
    return []


@pytest.mark.parametrize("step", range(STEPS))
def test_killed_at_any_step_and_run_again(make, never, step):
    world = make(ids="ab")
    if not never:
        other = make(ids="ab")
        other.submit()
        never.append(other.snapshot())
    world.enter()
    assert kill(world, step)
    world.submit()
    assert [world.snapshot()] == never
    assert world.submit()["actions"] == []
    assert not [*(world.folder / ".stacker").glob("submit.json*")]


def test_these_were_all_steps(make):
    assert not kill(make(ids="ab"), STEPS)


# After the push, before and after a pull request was opened, and when all is done but the lock.
FAR = {
    3: "it was about to move 2 branches of proj",
    4: "after 1 action it was about to open the pull request of a",
    7: "after 2 actions it was about to open the pull request of b",
    12: "after 4 actions it was about to edit the pull request of b",
}


@pytest.mark.parametrize(("step", "far"), FAR.items(), ids=[*map(str, FAR)])
def test_killed_then_rebased_and_run_again(make, step, far):
    world = make(ids="ab")
    assert kill(world, step)
    shown = world.good("status")
    assert [one["what"] for one in shown["unfinished"]] == [f"a submit is unfinished: {far}"]
    assert shown["next"]["command"] == "stacker submit"
    pushed = world.branches()
    world.drift("drift")
    world.good("rebase")
    change(world)
    world.submit()
    assert all(world.lock.stage(one).published.head != pushed[f"s/{one}"] for one in "ab")
    world.reviewable()
    assert [p["head"]["ref"] for p in reversed(world.pulls())] == ["s/a", "s/b"]
    assert world.submit()["actions"] == []


def test_killed_twice_with_a_change_between(make):
    world = make(ids="ab")
    assert kill(world, 3)  # after the push
    pushed = world.branches()
    change(world)
    assert kill(world, 3)  # after the intents, before its push
    assert world.branches() == pushed
    change(world)
    world.submit()
    world.reviewable()
    assert world.submit()["actions"] == []


def test_what_was_written_is_read(tmp_path):
    one = Published(head="1" * 40, base="2" * 40, version=3, branch="s/a", below="4" * 40)
    two = Published(head="5" * 40, base="2" * 40, version=3, branch="s/b")
    heads = {("proj", "a"): one, ("proj", "b"): two}
    assert intents.read(tmp_path) == {}
    intents.write(tmp_path, heads)
    assert intents.read(tmp_path) == heads
    intents.forget(tmp_path)
    assert intents.read(tmp_path) == {}
    intents.forget(tmp_path)
