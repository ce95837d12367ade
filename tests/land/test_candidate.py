"""The candidate is the clean chain of the members on the live tip, and nothing else."""

from __future__ import annotations

import pytest
from land_world import acting_as, git

from stacker import wiring
from stacker.land.candidate import Candidate, Stale, compose, finished, on_tips, stage_trees
from stacker.land.gather import tips_now
from stacker.series.plan.choices import LandingShape


@pytest.fixture
def made(ready):
    """`made(members)`: what they come to on the live tip, with the store."""
    with acting_as(ready, "up"), wiring.desk(ready.folder) as desk:

        def at_work(*members):
            series = desk.work.load()
            tips = on_tips(desk.work, series, tips_now(desk.work, series, None))
            return desk.work.store, tips, compose(desk.work.store, tips, "proj", members)

        yield at_work


def test_one_segment_a_member_on_the_live_tip(ready, made):
    tip = ready.drift("Later")
    store, _, found = made("a", "b")
    assert isinstance(found, Candidate)
    assert found.base == tip
    assert [s.stage for s in found.segments] == ["a", "b"]
    assert (found.segments[-1].tip, found.segments[-1].tree) == (found.commit, found.tree)
    log = store.git.text("log", "--format=%H %s", f"{tip}..{found.commit}")
    assert log.splitlines() == [
        f"{found.segments[1].tip} b", f"{found.segments[0].tip} a",
    ]  # fmt: skip
    # What git itself makes of it.
    eye = ready.eye()
    git(eye, "checkout", "-q", "--detach", tip)
    git(eye, "cherry-pick", f"{ready.clone['start']}..{ready.clone['b']}")
    assert git(eye, "rev-parse", "HEAD^{tree}") == found.tree


def test_a_conflict_names_the_member_and_the_patch(ready, made):
    tip = ready.drift("Meets b", line=ready.line_of("b"))
    _, _, found = made("a", "b")
    assert isinstance(found, Stale)
    assert found.stage == "b"
    assert found.why.startswith("b/0001-")
    assert found.why.endswith(f"conflicts with {tip[:10]}")


def test_trailers_change_the_last_message_and_nothing_else(made):
    store, _, plain = made("a", "b")

    def mark():
        return finished(
            store, plain, LandingShape.CHAIN, over="\n".join, end=lambda n: [f"One: {n}", "Two: 2"]
        )

    marked = mark()
    assert (marked.base, marked.tree, marked.segments[0]) == (
        plain.base, plain.tree, plain.segments[0],
    )  # fmt: skip
    before, after = store.commit(plain.commit), store.commit(marked.commit)
    assert after.message == before.message.rstrip(b"\n") + b"\n\nOne: 2\nTwo: 2\n"
    for field in ("tree", "parents", "author", "committer", "encoding"):
        assert getattr(after, field) == getattr(before, field)
    assert marked.segments[-1].tip == marked.commit
    assert mark() == marked


def test_a_merge_is_one_commit_over_the_clean_chain(made):
    store, _, plain = made("a", "b")
    merged = finished(
        store,
        plain,
        LandingShape.MERGE,
        over=lambda end: f"Merge it\n\n{end[0]}\n",
        end=lambda n: [f"Count: {n}"],
    )
    commit = store.commit(merged.commit)
    assert (commit.tree, commit.parents) == (plain.tree, (plain.base, plain.commit))
    assert commit.message == b"Merge it\n\nCount: 1\n"
    assert (merged.commits, merged.segments) == (1, plain.segments)


def test_what_is_checked_is_what_lands(made):
    _, tips, found = made("a", "b")
    trees, beside = stage_trees(found, "proj", {**tips.targets, "other": found.base})
    assert [(t.stage, t.commit, t.tree, t.base) for t in trees.values()] == [
        (s.stage, s.tip, s.tree, found.base) for s in found.segments
    ]
    assert beside == {"a": {"other": found.base}, "b": {"other": found.base}}
