"""Whole forests of picks at once: branches, conflicts and their solutions, what is kept."""

from __future__ import annotations

import pytest

from stacker.errors import GitError
from stacker.git.objects import Commit, Entry, Oid, Signature
from stacker.git.pick import Help, Pick, Picked, Stopped
from stacker.git.quarantine import merge
from stacker.git.replay.engine import replay
from stacker.series.workspace import open_store

ADA = Signature(b"Ada", b"ada@example.org", b"1549000000 +0100")
LINES = [f"{n}\n" for n in range(30)]
BASE = {"a": LINES, "b": LINES, "d/c": LINES}


@pytest.fixture
def store(tmp_path):
    with open_store(tmp_path / "store.git") as opened:
        yield opened


class Lab:
    """Commits made of {file: lines}."""

    def __init__(self, store):
        self.store = store
        self.base = self.commit(BASE)

    def commit(self, files, *parents):
        entries = {
            name.encode(): Entry("100644", self.store.write("blob", "".join(lines).encode()), b"")
            for name, lines in files.items()
        }
        tree = self.store.write_tree(entries)
        return self.store.write_commit(Commit(tree, parents, ADA, ADA, b"a patch\n"))

    def line(self, *steps, start=BASE, base=None):
        """Commits one on another, each with some files changed."""
        files, here, made = dict(start), base or self.base, []
        for step in steps:
            files |= step
            here = self.commit({n: c for n, c in files.items() if c is not None}, here)
            made.append(here)
        return made

    def text(self, commit, name):
        entry = self.store.entry_at(commit, name.encode())
        return self.store.blob(entry.oid).decode()


@pytest.fixture
def lab(store):
    return Lab(store)


def edited(number, text, lines=LINES):
    return [*lines[:number], text + "\n", *lines[number + 1 :]]


def on(base, commits):
    """A line of picks."""
    return [Pick(old, n - 1 if n else base) for n, old in enumerate(commits)]


def test_each_pick_is_what_git_makes_of_it_alone(lab):
    (upstream,) = lab.line({"a": edited(2, "up"), "d/c": edited(2, "up")})
    series = lab.line(
        {"a": edited(20, "one")}, {"a": edited(25, "two", edited(20, "one")), "new": ["n\n"]},
        {"d/c": edited(20, "three"), "b": None}, {"d/e/f": ["deep\n"]}, {},
    )  # fmt: skip
    done = replay(lab.store, on(upstream, series))
    here, before = upstream, lab.base
    for old, one in zip(series, done, strict=True):
        here = Oid(one.commit) if lab.store.commit(one.commit).parents == (here,) else None
        alone = merge(lab.store, before, lab.store.commit(one.commit).parents[0], old)
        assert lab.store.commit(one.commit).tree == alone.tree
        before = old
    assert [one.kept for one in done] == [False, False, False, True, True]
    assert not any(one.emptied for one in done)


def test_branches_of_a_forest_do_not_see_each_other(lab):
    (upstream,) = lab.line({"a": edited(2, "up")})
    stem, left = lab.line({"a": edited(20, "stem")}, {"a": edited(25, "left", edited(20, "stem"))})
    (right,) = lab.line(
        {"a": edited(27, "right", edited(20, "stem"))},
        start={**BASE, "a": edited(20, "stem")}, base=stem,
    )  # fmt: skip
    picks = [Pick(stem, upstream), Pick(left, 0), Pick(right, 0), Pick(right, 1)]
    _, on_left, on_right, on_both = replay(lab.store, picks)
    texts = [lab.text(one.commit, "a") for one in (on_left, on_right, on_both)]
    assert [("left" in text, "right" in text) for text in texts] == [
        (True, False), (False, True), (True, True),
    ]  # fmt: skip
    assert all("up" in text and "stem" in text for text in texts)


def test_a_conflict_stops_what_stands_on_it_and_nothing_else(lab):
    (upstream,) = lab.line({"a": edited(20, "up")})
    series = lab.line({"a": edited(20, "mine")}, {"b": edited(3, "after")})
    (beside,) = lab.line({"b": edited(3, "beside")})
    stopped, after, other = replay(lab.store, [*on(upstream, series), Pick(beside, upstream)])
    assert isinstance(stopped, Stopped)
    assert (stopped.onto, [c.path for c in stopped.conflict.conflicts]) == (upstream, [b"a"])
    assert after is None
    assert isinstance(other, Picked)
    entry = lab.store.entry_at(stopped.conflict.tree, b"a")
    assert b"<<<<<<<" in lab.store.blob(entry.oid)


def test_a_solved_conflict_goes_on(lab):
    (upstream,) = lab.line({"a": edited(20, "up")})
    series = lab.line(
        {"a": edited(20, "mine")}, {"a": edited(2, "next", edited(20, "mine"))},
        {"b": edited(3, "last")},
    )  # fmt: skip
    asked = []

    def solve(number, stopped):
        asked.append((number, [c.path for c in stopped.conflict.conflicts]))
        solved = lab.commit({**BASE, "a": edited(20, "both")})
        return lab.store.commit(solved).tree

    done = replay(lab.store, on(upstream, series), Help(solve=solve))
    assert asked == [(0, [b"a"])]
    assert lab.text(done[2].commit, "a") == "".join(edited(2, "next", edited(20, "both")))
    assert lab.text(done[2].commit, "b") == "".join(edited(3, "last"))


def test_a_rename_upstream_is_followed(lab):
    moved = {"a": None, "moved/a": LINES, "d/c": None, "e/c": LINES}
    (upstream,) = lab.line(moved)
    series = lab.line({"a": edited(20, "one")}, {"a": edited(22, "two", edited(20, "one"))})
    done = replay(lab.store, on(upstream, series))
    wanted = "".join(edited(22, "two", edited(20, "one")))
    assert lab.text(done[1].commit, "moved/a") == wanted


def test_an_unmoved_line_stays_what_it_is(lab):
    series = lab.line({"a": edited(2, "one")}, {"b": edited(2, "two")})
    done = replay(lab.store, on(lab.base, series))
    assert [one.commit for one in done] == series
    assert all(one.kept for one in done)


def test_known_results_are_not_made_again(lab):
    (upstream,) = lab.line({"a": edited(2, "up")})
    series = lab.line({"a": edited(20, "one")}, {"b": edited(2, "two")})
    first = replay(lab.store, on(upstream, series))
    known = {(series[0], upstream): first[0].commit, (series[1], first[0].commit): first[1].commit}
    started = []
    run = lab.store.git.attempt
    lab.store.git.attempt = lambda *args, **more: started.append(args[0]) or run(*args, **more)
    again = replay(
        lab.store, on(upstream, series), Help(known=lambda old, onto: known.get((old, onto)))
    )
    assert [one.commit for one in again] == [one.commit for one in first]
    assert started == []


@pytest.mark.parametrize(("rule", "kept"), [("a merge=union\n", True), ("a -merge\n", False)])
def test_attributes_of_the_tree_decide_how_files_merge(lab, rule, kept):
    rules = {".gitattributes": [rule]}
    base = lab.commit({**BASE, **rules})
    start = {**BASE, **rules}
    (upstream,) = lab.line({"a": edited(20, "up")}, start=start, base=base)
    (mine,) = lab.line({"a": edited(20, "mine")}, start=start, base=base)
    (outcome,) = replay(lab.store, [Pick(mine, upstream)])
    assert isinstance(outcome, Picked if kept else Stopped)
    if kept:
        assert {"up", "mine"} <= set(lab.text(outcome.commit, "a").split())


def test_a_merge_is_no_patch(lab):
    one, two = lab.line({"a": edited(1, "1")}), lab.line({"b": edited(1, "2")})
    both = lab.commit(BASE, one[0], two[0])
    with pytest.raises(GitError, match="2 parents"):
        replay(lab.store, [Pick(both, lab.base)])
