"""The intent of a landing: what is on disk before the effect, and what comes back of it."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest

from stacker.git.objects import Oid
from stacker.land import intent as journal
from stacker.land.intent import IntendedMember, Intent, Step
from stacker.land.outcome import Way
from stacker.series.plan.model import StageId

A, B, C, LOCK = (Oid(c * 40) for c in "abcd")
INTENT = Intent(
    tx="1f", name="final", repository="proj", branch="master", base=A, candidate=C, tree=B,
    way=Way.PUSH,
    members=(IntendedMember(StageId("a"), 1, A, B), IntendedMember(StageId("b"), None, B, C)),
)  # fmt: skip


@pytest.mark.parametrize(
    "intent",
    [
        INTENT,
        replace(INTENT, lock=LOCK, step=Step.COMMITTING),
        replace(INTENT, way=Way.PULL_REQUEST, landing_pull=9, squash=True, step=Step.SETTLING),
    ],
)
def test_it_comes_back_as_it_was(intent):
    assert journal.parse(journal.serialise(intent)) == intent


def test_what_is_done_is_no_longer_unfinished(tmp_path):
    assert journal.unfinished(tmp_path) == ()
    journal.write(tmp_path, INTENT)
    assert journal.unfinished(tmp_path) == (INTENT,)
    moved = journal.advance(tmp_path, INTENT, Step.COMMITTING)
    assert journal.unfinished(tmp_path) == (moved,)
    journal.advance(tmp_path, moved, Step.DONE)
    assert journal.unfinished(tmp_path) == ()


def test_it_is_on_disk_before_anything_goes_on(tmp_path, monkeypatch):
    synced = []
    real = os.fsync
    monkeypatch.setattr(os, "fsync", lambda handle: synced.append(handle) or real(handle))
    for step in Step:
        journal.advance(tmp_path, INTENT, step)
    assert len(synced) == len(Step)


def test_a_write_that_fails_leaves_the_former(tmp_path, monkeypatch):
    journal.write(tmp_path, INTENT)

    def full(_handle):
        raise OSError("no space left")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="no space"):
        journal.advance(tmp_path, INTENT, Step.COMMITTING)
    assert journal.unfinished(tmp_path) == (INTENT,)
    assert len(list((tmp_path / "landings").iterdir())) == 1


def test_one_takes_the_place_of_another_of_its_name(tmp_path):
    other = replace(INTENT, tx="2e", name="else")
    for one in (INTENT, other):
        journal.write(tmp_path, one)
    newer = replace(INTENT, tx="3d", landing_pull=9)
    journal.supersede(tmp_path, newer)
    assert journal.unfinished(tmp_path) == (other, newer)


def test_the_head_that_may_be_merged():
    assert replace(INTENT, landing_pull=9).pinned == C
    assert replace(INTENT, landing_pull=1).pinned == A


def test_what_has_a_member():
    first = INTENT.members[0]
    assert INTENT.landing_of(first, C) == B
    assert INTENT.landing_of(first, LOCK) == LOCK
    assert replace(INTENT, squash=True).landing_of(first, C) == C
