"""What became of a landing, from fresh reads of the target branch alone. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stacker.land.outcome import State

if TYPE_CHECKING:
    from stacker.git.objects import Oid


@dataclass(frozen=True, slots=True, kw_only=True)
class Reads:
    """The target branch now: whether it has the base, and the commit that landed, with its tree.

    `landed` is the candidate where we pushed it, or what the forge made of the landing pull
    request; `None` while the branch does not contain it. `expected` are the trees that it may
    have: the candidate's, or the candidate's change put on what was the branch's tip then.
    """

    tip: Oid
    base: Oid
    has_base: bool
    landed: Oid | None
    tree: Oid | None
    expected: frozenset[Oid]


def classify(reads: Reads) -> State:
    """The only authority on whether a landing happened."""
    if reads.landed is not None:
        return State.LANDED if reads.tree in reads.expected else State.TORN
    if reads.tip == reads.base:
        return State.NOT_LANDED
    return State.STALE if reads.has_base else State.UNKNOWN
