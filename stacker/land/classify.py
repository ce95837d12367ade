"""What became of a landing, from fresh reads of the target branch alone. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stacker.git.objects import Oid
    from stacker.series.plan.model import StageId


@dataclass(frozen=True, slots=True, kw_only=True)
class Reads:
    """The target branch now: whether it has the base, and the commit that landed, with its tree.

    `landed` is the candidate where we pushed it, or what the forge made of the landing pull
    request; `None` while the branch does not contain it. `expected` is the candidate's tree, and
    `moved` those of its change put on what was the branch's tip then. `seen` is the commit as which
    an earlier look saw it landed. `alone` are the members that the branch has without it, each
    merged by itself, out of all `members`. `squashed`: what landed is one commit of all.
    `taken_back`: the branch says that it was reverted since.
    """

    tip: Oid
    base: Oid
    has_base: bool
    landed: Oid | None
    tree: Oid | None
    expected: Oid
    moved: frozenset[Oid] = frozenset()
    seen: Oid | None = None
    alone: tuple[StageId, ...] = ()
    members: int = 0
    squashed: bool = False
    taken_back: bool = False


@dataclass(frozen=True, slots=True)
class Landed:
    """It has landed; `moved` when not on the base it was tested on, `squashed` as one commit."""

    commit: Oid
    tree: Oid
    moved: bool
    squashed: bool = False


@dataclass(frozen=True, slots=True)
class WrongTree:
    """It has landed, and its files are not what was to land."""

    commit: Oid
    tree: Oid


@dataclass(frozen=True, slots=True)
class NotLanded:
    """The branch is as it was."""


@dataclass(frozen=True, slots=True)
class Stale:
    """The branch went on without it."""

    tip: Oid


@dataclass(frozen=True, slots=True)
class Rewound:
    """The branch has no longer what it was to land on."""

    tip: Oid


@dataclass(frozen=True, slots=True)
class MergedAlone:
    """Some members were merged, each by itself, and others were not."""

    alone: tuple[StageId, ...]


@dataclass(frozen=True, slots=True)
class Undone:
    """It was seen to have landed, and the branch is without it: rewritten, or, where its files were
    wrong, reverted."""

    commit: Oid


Fate = Landed | WrongTree | NotLanded | Stale | Rewound | MergedAlone | Undone


def classify(reads: Reads) -> Fate:
    """The only authority on whether a landing happened."""
    if reads.landed is not None and reads.tree is not None:
        if reads.tree == reads.expected:
            return Landed(reads.landed, reads.tree, moved=False, squashed=reads.squashed)
        if reads.tree in reads.moved:
            return Landed(reads.landed, reads.tree, moved=True, squashed=reads.squashed)
        if reads.taken_back:
            return Undone(reads.landed)
        return WrongTree(reads.landed, reads.tree)
    if reads.seen is not None:
        return Undone(reads.seen)
    if not reads.has_base:
        return Rewound(reads.tip)
    if 0 < len(reads.alone) < reads.members:
        return MergedAlone(reads.alone)
    return NotLanded() if reads.tip == reads.base else Stale(reads.tip)
