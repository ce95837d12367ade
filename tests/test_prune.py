"""Old versions are let go when somebody asks for it, and not before."""

from __future__ import annotations

import pytest
from sync_world import ONE, THREE, TWO, a_c, clone, edit, edited, git, team

from stacker.series.lock import parse


@pytest.fixture
def ann(once, run_stacker, history):
    """Versions 1 to 4, each of another line of stage two."""
    return once("versions to prune", lambda folder: drawn(folder, run_stacker, history))


def drawn(folder, run_stacker, history):
    world = team(run_stacker, folder, history)
    for number in (10, 11, 12):
        edit(world, "two", f"line {number}\n", f"{number}!\n")
    return world


def numbers(world):
    return [one["version"] for one in world.stacker("log")["versions"]]


def commits_of(world, number):
    return next(s for s in world.stacker("log")["versions"] if s["version"] == number)["stages"]


def test_nothing_that_was_a_version_goes_before_it_is_asked_for(ann):
    first = commits_of(ann, 1)[0]["commit"]
    ann.git("reflog", "expire", "--expire=now", "--all")
    ann.git("gc", "-q", "--prune=now")
    assert ann.git("cat-file", "-t", first) == "commit"
    assert ann.stacker("undo", "--to", "v1")["version"] == 1


def test_the_newest_stay_and_the_rest_is_gone(ann):
    old, before, files = commits_of(ann, 2)[2]["commit"], numbers(ann), ann.files()
    done = ann.stacker("doctor", "--prune", "--keep", "2")
    assert (done["steps"], done["versions"]) == (len(before) - 2, [3, 4])
    assert numbers(ann) == [4, 3]
    assert ann.files() == files
    with pytest.raises(AssertionError):
        ann.git("cat-file", "-t", old)
    assert ann.stacker("undo")["version"] == 3
    assert a_c(ann) == edited(ONE, TWO, THREE, (10, "10!"), (11, "11!"))
    assert ann.stacker("undo")["version"] == 4


def test_no_number_is_given_twice(ann):
    ann.stacker("undo", "--to", "v1")
    ann.stacker("doctor", "--prune", "--keep", "1")
    edit(ann, "three", "line 33\n", "new\n")
    assert parse(ann.lock()).version == 5


def test_again_there_is_nothing_left_to_let_go(ann):
    ann.stacker("doctor", "--prune", "--keep", "2")
    assert ann.stacker("doctor", "--prune", "--keep", "2")["steps"] == 0


def test_home_keeps_what_was_let_go_here_and_work_goes_on(ann):
    ann.stacker("sync")
    bob = clone(ann, "bob")
    bob.stacker("sync")
    ann.stacker("doctor", "--prune", "--keep", "1")
    edit(ann, "one", "line 6\n", "ann\n")
    edit(bob, "three", "line 33\n", "bob\n")
    assert ann.stacker("sync")["state"] == "sent"
    assert bob.stacker("sync")["state"] == "merged"
    assert ann.stacker("sync")["state"] == "taken"
    assert ann.files() == bob.files()
    assert set(numbers(bob)) >= {1, 2, 3, 4, 5, 6, 7}
    assert set(numbers(ann)) == {4, 5, 6, 7}


def test_pruned_before_the_first_sync(ann):
    ann.stacker("doctor", "--prune", "--keep", "1")
    assert ann.stacker("sync")["state"] == "sent"
    bob = clone(ann, "bob")
    bob.stacker("sync")
    assert bob.files() == ann.files()
    assert git(ann.home.parent / "home.git", "fsck", "--full") == ""


def test_what_home_has_not_seen_is_pruned_and_work_goes_on(tmp_path, run_stacker, history):
    ann = team(run_stacker, tmp_path, history)
    ann.stacker("sync")
    for number in (10, 11, 12):
        edit(ann, "two", f"line {number}\n", f"{number}!\n")
    ann.stacker("doctor", "--prune", "--keep", "1")
    assert ann.stacker("sync")["state"] == "sent"
    wanted = edited(ONE, TWO, THREE, (10, "10!"), (11, "11!"), (12, "12!"))
    assert a_c(ann) == wanted
    bob = clone(ann, "bob")
    assert bob.stacker("sync")["state"] == "taken"
    assert a_c(bob) == wanted


def test_not_while_something_is_under_way(ann):
    ann.stacker("edit", "two")
    said = ann.stacker("doctor", "--prune", code=1)["error"]
    assert "two is open" in said["message"]
    ann.stacker("edit", "two", "--abort")
    ann.stacker("doctor", "--prune", "--keep", "3")
    assert ann.stacker("doctor", "--prune", "--keep", "0", code=2)["error"]["hint"]
    assert ann.stacker("doctor", "--keep", "3", code=2)["error"]["hint"]
