"""The intent of a landing, as it is written down and in the lock, and what comes back of it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from stacker.git.objects import Oid
from stacker.land import intent as intents
from stacker.land.intent import IntendedMember, Intent
from stacker.land.outcome import Way
from stacker.series.plan.model import StageId

A, B, C, OTHER = (Oid(c * 40) for c in "abcd")
INTENT = Intent(
    tx="1f", name="final", repository="proj", branch="master", carrier="up/proj", base=A,
    candidate=C, tree=B, way=Way.PUSH, commits=2,
    members=(IntendedMember(StageId("a"), 1, A, B), IntendedMember(StageId("b"), None, B, C)),
)  # fmt: skip


@pytest.mark.parametrize(
    "intent",
    [
        INTENT,
        replace(INTENT, way=Way.PULL_REQUEST, own_pull=1, squash=True, members=INTENT.members[:1]),
        replace(INTENT, reverts="2e"),
    ],
)
def test_it_comes_back_as_it_was(intent):
    assert intents.parse(intents.serialise(intent)) == intent
    assert "\n" not in intents.serialise(intent)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("members", []), ("members", {}), ("candidate", "x" * 40), ("base", None), ("commits", 0),
        ("commits", "2"), ("name", "a\nb"), ("branch", 7), ("way", "bribe"),
        ("own_pull", "1"), ("reverts", 3),
    ],
)  # fmt: skip
def test_what_is_none_is_no_intent(key, value):
    data = intents.as_data(INTENT) | {key: value}
    with pytest.raises((ValueError, TypeError, LookupError)):
        intents.parse(json.dumps(data))


def test_the_head_that_may_be_merged():
    assert INTENT.pinned == C
    assert replace(INTENT, own_pull=1).pinned == A


def test_what_has_a_member():
    first = INTENT.members[0]
    assert INTENT.landing_of(first, C) == B
    assert INTENT.landing_of(first, OTHER) == OTHER
    assert replace(INTENT, squash=True).landing_of(first, C) == C
