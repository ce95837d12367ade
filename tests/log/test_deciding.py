"""What became of a stage, from two locks and the replays that they leave open."""

from __future__ import annotations

from stacker.log.deciding import changes, needs_replay, pairs
from stacker.log.value import Clash, Fits, How, Missing
from stacker.series.lock import Lock, StageLock

BASE, MOVED = "a" * 40, "b" * 40


def line(stage, commit, needs=(), **more):
    more.setdefault("trees", ("t" * 40,))
    return StageLock(stage, "up", needs, commit * 40, **more)


def lock(*lines, base=BASE):
    return Lock(version=1, bases={"up": base}, stages=lines)


def told(old, new, replayed=None, renamed=None):
    known = pairs(old, new, renamed or {})
    open_ones = {pair.stage for pair in known if needs_replay(pair)}
    assert open_ones == set(replayed or {})
    return {one.stage: one for one in changes(old, new, known, replayed or {})}


def test_what_locks_alone_tell():
    old = lock(line("same", "1"), line("gone", "2"), line("old", "3"), line("lands", "4"))
    new = lock(line("same", "1"), line("new", "5"), line("now", "3"),
               line("lands", "4", landing="9" * 40, landed=True))  # fmt: skip
    found = told(old, new)
    assert {stage: one.how for stage, one in found.items()} == {
        "same": How.SAME, "new": How.NEW, "now": How.RENAMED, "lands": How.LANDED,
        "gone": How.DROPPED,
    }  # fmt: skip
    assert found["now"].was == "old"
    assert found["lands"].landing == "9" * 40
    assert told(new, old)["lands"].how is How.BACK


def test_replays_tell_the_rest():
    old = lock(*(line(s, "1") for s in "abcd"))
    new = lock(*(line(s, "2") for s in "abcd"), base=MOVED)
    replayed = {
        "a": Fits("t" * 40, same=True), "b": Fits("t" * 40, same=False),
        "c": Clash("Third", (b"c.c",)), "d": Missing(),
    }  # fmt: skip
    assert [one.how for one in told(old, new, replayed).values()] == [
        How.MOVED, How.CHANGED, How.CHANGED, How.UNKNOWN,
    ]  # fmt: skip


def test_who_moved_a_stage():
    fits = Fits("t" * 40, same=True)
    old = lock(line("a", "1"), line("b", "2", ("a",)), line("c", "3", ("b",)), line("d", "4"))
    new = lock(line("a", "5"), line("b", "6", ("a",)), line("c", "7", ("b",)), line("d", "8"))
    replayed = {"a": Fits("u" * 40, same=False), "b": fits, "c": fits, "d": fits}
    found = told(old, new, replayed)
    assert [found[s].moved_by for s in "abcd"] == [(), ("a",), ("a",), ()]
    found = told(old, new._replace(bases={"up": MOVED}), replayed)
    assert [found[s].moved_by for s in "bd"] == [("upstream", "a"), ("upstream",)]


def test_a_stage_that_another_one_below_is_gone_from():
    old = lock(line("a", "1"), line("b", "2", ("a",)))
    found = told(old, lock(line("b", "3")), {"b": Fits("t" * 40, same=True)})
    assert found["b"].moved_by == ("a",)


def test_a_rename_that_the_plan_tells_of():
    old, new = lock(line("old", "1")), lock(line("new", "2"))
    found = told(old, new, {"new": Fits("t" * 40, same=False)}, {"old": "new"})
    assert (found["new"].how, found["new"].was) == (How.CHANGED, "old")


def test_a_patch_that_went_to_the_stage_below_is_a_change():
    old = lock(line("a", "1"), line("b", "2", ("a",), trees=("t" * 40, "u" * 40)))
    new = lock(line("a", "3", trees=("s" * 40, "t" * 40)), line("b", "2", ("a",)))
    replayed = dict.fromkeys("ab", Fits("u" * 40, same=False))
    assert {one.how for one in told(old, new, replayed).values()} == {How.CHANGED}
