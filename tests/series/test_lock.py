"""`series.lock`: the same bytes for the same lock, and lines that git merges."""

from __future__ import annotations

import contextlib
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stacker.errors import SeriesError
from stacker.series.lock import Lock, Published, Reverted, StageLock, parse, serialise
from stacker.series.plan.naming import wrong_with_name

oids = st.one_of(
    st.text("0123456789abcdef", min_size=40, max_size=40),
    st.text("0123456789abcdef", min_size=64, max_size=64),
)
ids = st.text(min_size=1, max_size=12).filter(lambda name: not wrong_with_name(name))
heads = st.builds(
    Published, head=oids, base=oids, version=st.integers(0, 999), branch=ids,
    below=st.none() | oids,
)  # fmt: skip
lines = st.builds(
    StageLock, stage=ids, repository=ids, needs=st.lists(ids, max_size=3).map(tuple), commit=oids,
    trees=st.lists(oids, max_size=3).map(tuple), pull=st.none() | st.integers(1, 99999),
    published=st.none() | heads, landing=st.none(), landed=st.just(False),
    release=st.none(), reverted=st.none() | st.builds(Reverted, landing=oids, by=oids),
    adopted=st.none() | oids,
)  # fmt: skip
landed = st.builds(
    lambda line, oid, there, tag: line._replace(landing=oid, landed=there, release=tag),
    lines, oids, st.booleans(), st.none() | ids,
)  # fmt: skip
locks = st.builds(
    Lock, version=st.integers(0, 9999), bases=st.dictionaries(ids, oids, max_size=3),
    stages=st.lists(lines | landed, max_size=4, unique_by=lambda line: line.stage).map(tuple),
)  # fmt: skip


@given(locks)
def test_a_lock_is_read_as_it_was_written(lock):
    raw = serialise(lock)
    assert parse(raw) == lock
    assert serialise(parse(raw)) == raw


def line(name, **values):
    return StageLock(stage=name, repository="r", needs=(), commit="1" * 40, trees=("2" * 40,),
                     **values)  # fmt: skip


BEFORE = Lock(version=3, bases={"r": "0" * 40}, stages=(line("a"), line("b"), line("c")))


def test_edits_of_different_stages_merge(tmp_path):
    sides = {
        "base": BEFORE,
        "one": BEFORE.updated(line("a", pull=1)).updated(line("c", pull=3)),
        "two": BEFORE.updated(line("b", pull=2)),
    }
    for name, lock in sides.items():
        (tmp_path / name).write_bytes(serialise(lock))
    done = subprocess.run(["git", "merge-file", "-p", "one", "base", "two"], cwd=tmp_path,
                          capture_output=True, check=False)  # fmt: skip
    assert done.returncode == 0
    assert [one.pull for one in parse(done.stdout).stages] == [1, 2, 3]


def test_one_line_a_stage():
    text = serialise(BEFORE).decode()
    assert sum(row.startswith('"') for row in text.partition("[stages]")[2].splitlines()) == 3


def test_chains_come_from_the_needs():
    lock = Lock(stages=(
        line("a"), line("b"), line("c")._replace(needs=("b", "a")),
        line("d")._replace(needs=("c",)),
    ))  # fmt: skip
    assert lock.chains() == {
        "a": ("a",), "b": ("b",), "c": ("a", "b", "c"), "d": ("a", "b", "c", "d")
    }  # fmt: skip
    gone = lock.updated(line("a")._replace(landing="3" * 40, landed=True))
    assert gone.chains()["d"] == ("b", "c", "d")


def by_the_book(lock):
    """The chains as a person finds them, line by line."""
    rank = {one.stage: position for position, one in enumerate(lock.stages)}
    found = {}
    for one in lock.stages:
        if not one.landed:
            below = {s for need in one.needs if need in found for s in found[need]}
            found[one.stage] = (*sorted(below, key=rank.__getitem__), one.stage)
    return found


@st.composite
def stacks(draw):
    """Locks of one repository, whose lines need lines above."""
    made = []
    for name in "abcdefg"[: draw(st.integers(0, 7))]:
        above = [one.stage for one in made]
        needs = (
            tuple(draw(st.lists(st.sampled_from(above), max_size=3, unique=True))) if made else ()
        )
        landing = "3" * 40 if draw(st.integers(0, 4)) == 0 else None
        made.append(line(name)._replace(needs=needs, landing=landing, landed=landing is not None))
    return Lock(stages=tuple(made))


@given(stacks())
def test_chains_by_the_book(lock):
    assert lock.chains() == by_the_book(lock)
    assert list(lock.chains()) == [one.stage for one in lock.stages if not one.landed]


def test_a_line_is_found_by_its_stage():
    assert BEFORE.stage("b") is BEFORE.stages[1]
    assert BEFORE.stage("none") is None
    assert BEFORE.updated(line("b", pull=7)).stage("b").pull == 7


RAW = serialise(BEFORE)
DAMAGE = {
    "markers": (RAW.replace(b"[stages]\n", b"[stages]\n<<<<<<< HEAD\n"), "conflict markers"),
    "cut": (RAW[:-30], "damaged"),
    "no text": (b"\xff" + RAW, "damaged"),
    "no id": (RAW.replace(b"1" * 40, b"1" * 39), "no object id"),
    "no field": (RAW.replace(b"trees", b"treez"), "damaged"),
    "another format": (RAW.replace(b"format = 1", b"format = 2"), "format 2"),
    "another shape": (b"format = 1\nversion = 1\nbases = 3\nstages = 4\n", "damaged"),
    "a stage that is no table": (RAW + b"d = 1\n", "damaged"),
    "nothing": (b"", "damaged"),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_damage_is_explained(name):
    raw, said = DAMAGE[name]
    with pytest.raises(SeriesError, match=said) as caught:
        parse(raw)
    assert caught.value.hint


@given(st.integers(0, len(RAW)), st.binary(max_size=6), st.integers(0, 20))
def test_garbled_locks_are_read_or_explained(at, junk, length):
    # anything else than this error, or none, fails
    with contextlib.suppress(SeriesError):
        parse(RAW[:at] + junk + RAW[at + length :])


@pytest.mark.parametrize("name", ['v"1"', "v\\xff", "v\u202e1", "v\u20281", "#1 = {}"])
def test_a_release_may_be_called_anything(name):
    lock = Lock(stages=(line("a", landing="3" * 40, landed=True, release=name),))
    assert parse(serialise(lock)) == lock
