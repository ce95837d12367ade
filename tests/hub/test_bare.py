"""Git's side of the hub that the wire tests do not reach."""

from __future__ import annotations

import shutil

import pytest
from history import draw

from stacker.errors import GitError
from stacker.hub.bare import ZERO, Bare, valid_ref


@pytest.mark.parametrize(
    "name", ["refs/heads/a", "refs/heads/a/b.c", "refs/tags/v1", "refs/pull/1/head"]
)
def test_good_names(name):
    assert valid_ref(name)


@pytest.mark.parametrize(
    "name",
    [
        "master", "refs/heads", "refs/heads/", "refs/heads/a..b", "refs/heads/.a", "refs//x",
        "refs/heads/a.lock", "refs/heads/a b", "refs/heads/a\n", "refs/heads/a~1",
        "refs/heads/a@{1}", "refs/heads/a.",
    ],
)  # fmt: skip
def test_bad_names(name):
    assert not valid_ref(name)


def test_a_ref_moves_only_from_where_it_was_seen(world, work):
    bare, old = Bare(world.bare()), world.tip()
    new = work.commit({"a": "1"})
    work.git("push", "-q", str(world.bare()), "master:other")
    assert not bare.move("refs/heads/master", new, new)
    assert not bare.move("refs/heads/master", new, ZERO)
    assert bare.move("refs/heads/master", new, old)
    assert world.tip() == new
    assert bare.move("refs/heads/master", ZERO, new)
    assert bare.branch("master") is None


def test_what_brought_a_commit_in(world, work):
    base = work.oid("HEAD")
    side = work.commit({"s": "1"}, on="side")
    work.git("checkout", "-q", "master")
    drift = work.commit({"d": "1"})
    work.git("merge", "-q", "--no-ff", "-m", "M", "side")
    merge = work.oid("HEAD")
    tip = work.commit({"d": "2"})
    work.git("push", "-q", str(world.bare()), "master")
    bare = Bare(world.bare())
    assert bare.entered_by(tip, side) == merge
    assert bare.entered_by(tip, drift) == drift
    assert bare.entered_by(tip, tip) == tip
    assert bare.entered_by(tip, base) == base


def test_unknown_commits_are_not_contained(world, work):
    assert not Bare(world.bare()).contains(work.oid("HEAD"), "1" * 40)


def test_what_was_not_there_is_asked_again(world, work):
    """What git says of commits is remembered, but not that one of them was not there."""
    bare, old = Bare(world.bare()), world.tip()
    new = work.commit({"a": "1"})
    for _ in range(2):
        assert not bare.contains(new, old)
        with pytest.raises(GitError):
            bare.count(old, new)
    work.git("push", "-q", str(world.bare()), "master:other")
    for _ in range(2):
        assert bare.contains(new, old)
        assert not bare.contains(old, new)
        assert (bare.count(old, new), bare.ids_between(old, new)) == (1, [new])
        assert bare.size(old, new)[2] == 1


def test_what_was_in_a_repository_need_not_be_in_the_next_one_there(tmp_path):
    """One after the other at the same path, in the same process."""
    path = tmp_path / "one.git"
    made = draw(path, {"master": [("start", {"f": "1\n"}), ("next", {"f": "2\n"})]})
    start, tip = made["start"], made["next"]
    assert Bare(path).contains(tip, start)
    shutil.rmtree(path)
    draw(path, {"master": [("other", {"f": "3\n"})]})
    assert not Bare(path).contains(tip, start)
