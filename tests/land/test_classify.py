"""The verdict on a landing from what the branch is now: every combination has one answer."""

from __future__ import annotations

from itertools import product

import pytest

from stacker.git.objects import Oid
from stacker.land.classify import Reads, classify
from stacker.land.outcome import State

BASE, MOVED, DONE = (Oid(c * 40) for c in "abc")
GOOD, ALSO, BAD = (Oid(c * 40) for c in "123")


def reads(tip, has_base, landed, tree):
    return Reads(
        tip=tip, base=BASE, has_base=has_base, landed=landed, tree=tree,
        expected=frozenset({GOOD, ALSO}),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("tip", "has_base", "landed", "tree", "state"),
    [
        (DONE, True, DONE, GOOD, State.LANDED),
        (DONE, True, DONE, ALSO, State.LANDED),
        (MOVED, True, DONE, GOOD, State.LANDED),  # others came after it
        (MOVED, False, DONE, GOOD, State.LANDED),  # and the candidate is all that counts
        (DONE, True, DONE, BAD, State.TORN),
        (DONE, True, DONE, None, State.TORN),
        (BASE, True, None, None, State.NOT_LANDED),
        (MOVED, True, None, None, State.STALE),
        (MOVED, False, None, None, State.UNKNOWN),
    ],
)
def test_the_table(tip, has_base, landed, tree, state):
    assert classify(reads(tip, has_base, landed, tree)) is state


def test_landed_is_said_only_of_an_expected_tree_in_the_branch():
    for tip, has, landed, tree in product(
        (BASE, MOVED), (True, False), (None, DONE), (None, GOOD, BAD)
    ):
        said = classify(reads(tip, has, landed, tree))
        assert (said is State.LANDED) == (landed is not None and tree == GOOD)
