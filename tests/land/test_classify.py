"""The verdict on a landing from what the branch is now: every combination has one answer."""

from __future__ import annotations

from itertools import product

import pytest

from stacker.git.objects import Oid
from stacker.land.classify import (
    Landed,
    MergedAlone,
    NotLanded,
    Reads,
    Rewound,
    Stale,
    Undone,
    WrongTree,
    classify,
)

BASE, MOVED, DONE = (Oid(c * 40) for c in "abc")
GOOD, ALSO, BAD = (Oid(c * 40) for c in "123")


def reads(tip, *, has_base=True, landed=None, tree=None, seen=None, alone=(), taken_back=False):
    return Reads(
        tip=tip, base=BASE, has_base=has_base, landed=landed, tree=tree, expected=GOOD,
        moved=frozenset({ALSO}), seen=seen, alone=alone, members=3, taken_back=taken_back,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("found", "fate"),
    [
        (reads(DONE, landed=DONE, tree=GOOD), Landed(DONE, GOOD, moved=False)),
        (reads(DONE, landed=DONE, tree=ALSO), Landed(DONE, ALSO, moved=True)),
        # Others came after it, or the base is gone: what has landed is all that counts.
        (reads(MOVED, landed=DONE, tree=GOOD), Landed(DONE, GOOD, moved=False)),
        (reads(MOVED, has_base=False, landed=DONE, tree=GOOD), Landed(DONE, GOOD, moved=False)),
        (reads(DONE, landed=DONE, tree=BAD), WrongTree(DONE, BAD)),
        (reads(MOVED, landed=DONE, tree=BAD, taken_back=True), Undone(DONE)),
        (reads(BASE), NotLanded()),
        (reads(MOVED), Stale(MOVED)),
        (reads(MOVED, has_base=False), Rewound(MOVED)),
        (reads(MOVED, alone=("a",)), MergedAlone(("a",))),
        (reads(MOVED, alone=("a", "b")), MergedAlone(("a", "b"))),
        (reads(MOVED, alone=("a", "b", "c")), Stale(MOVED)),  # all of them: nothing is torn
        (reads(MOVED, seen=DONE), Undone(DONE)),
        (reads(MOVED, has_base=False, seen=DONE), Undone(DONE)),
    ],
)
def test_the_table(found, fate):
    assert classify(found) == fate


def test_landed_is_said_only_of_an_expected_tree_in_the_branch():
    for tip, has, landed, tree, seen, alone in product(
        (BASE, MOVED), (True, False), (None, DONE), (GOOD, BAD), (None, DONE), ((), ("a",))
    ):
        found = reads(
            tip, has_base=has, landed=landed, tree=tree if landed else None, seen=seen, alone=alone
        )
        said = classify(found)
        assert isinstance(said, Landed) == (landed is not None and tree == GOOD)
        assert isinstance(said, WrongTree) == (landed is not None and tree == BAD)
