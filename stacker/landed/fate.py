"""What has become of a stage upstream, decided by what became of its parts. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stacker.git.objects import Oid
    from stacker.landed.course import Course
    from stacker.landed.line import Line
    from stacker.series.plan.model import StageId


class HunkState(StrEnum):
    """What has become of one hunk."""

    LANDED = "landed"
    CHANGED = "changed"  # it landed, and upstream changed its lines further
    REVERTED = "reverted"
    DIFFERS = "differs"  # it landed otherwise than it is in the stage
    MISSING = "not-landed"
    BEYOND = "upstream-only"  # of the landing; it is not in the stage


_THERE = (HunkState.LANDED, HunkState.CHANGED, HunkState.DIFFERS)


@dataclass(frozen=True, slots=True)
class Hunk:
    """One hunk, or a file's change that has none: which it is, and the commits that did it.

    `patches` are the files it is in. `commit` brought it in; `by` took it out, or changed it.
    """

    patches: tuple[str, ...]
    path: bytes
    what: str
    state: HunkState
    commit: Oid | None = None
    by: Oid | None = None


@dataclass(frozen=True, slots=True)
class Landed:
    """It is upstream, as it is in the series, and in force; `together` with other stages.

    `hunks` are those that upstream has changed further.
    """

    commit: Oid
    together: tuple[StageId, ...] = ()
    hunks: tuple[Hunk, ...] = ()


@dataclass(frozen=True, slots=True)
class Reverted:
    """It was upstream as a whole, and `by` took it out again, or the hunks that say so."""

    commit: Oid
    by: Oid
    hunks: tuple[Hunk, ...] = ()


@dataclass(frozen=True, slots=True)
class WithChanges:
    """All of it is upstream, but no commit brought just that; `hunks` say what differs."""

    commit: Oid
    hunks: tuple[Hunk, ...]


@dataclass(frozen=True, slots=True)
class Partly:
    """Some of its hunks are upstream."""

    hunks: tuple[Hunk, ...]


@dataclass(frozen=True, slots=True)
class NotLanded:
    """None of it is upstream."""


Fate = Landed | Reverted | WithChanges | Partly | NotLanded


def hunk_fate(patches: tuple[str, ...], path: bytes, what: str, course: Course, line: Line) -> Hunk:
    """What became of a hunk along a line; of one that came otherwise `commit` is who did that."""
    came, left, altered, differs = (
        line.at(n) if n is not None else None
        for n in (course.came, course.left, course.altered, course.differs)
    )
    if came is not None and left is not None:
        return Hunk(patches, path, what, HunkState.REVERTED, came, left)
    if came is not None and altered is not None:
        return Hunk(patches, path, what, HunkState.CHANGED, came, altered)
    if came is not None:
        return Hunk(patches, path, what, HunkState.LANDED, came)
    return (
        Hunk(patches, path, what, HunkState.DIFFERS, differs)
        if differs
        else (Hunk(patches, path, what, HunkState.MISSING))
    )


def of_proved(
    commit: Oid, by: Oid | None, together: tuple[StageId, ...], hunks: Sequence[Hunk]
) -> Landed | Reverted:
    """The fate of a stage that is proved to have landed in `commit`; `by` took all of it out.

    Where upstream has changed it further it may have taken out some hunks all the same.
    """
    out = [hunk for hunk in hunks if hunk.state is HunkState.REVERTED]
    by = by or next((hunk.by for hunk in out), None)
    if by is not None:
        return Reverted(commit, by, tuple(hunks))
    return Landed(commit, together, tuple(h for h in hunks if h.state is HunkState.CHANGED))


def of_unproved(hunks: Sequence[Hunk], beyond: Sequence[Hunk] = ()) -> Fate:
    """The fate of a stage that no commit proves to have landed, by its hunks.

    `beyond` is what the commit that brought it has besides.
    """
    there = [hunk for hunk in hunks if hunk.state in _THERE]
    out = [hunk for hunk in hunks if hunk.state is HunkState.REVERTED]
    if there and len(there) == len(hunks):
        commits = [hunk.commit for hunk in there if hunk.commit is not None]
        return WithChanges(max(commits, key=commits.count), (*hunks, *beyond))
    if there:
        return Partly(tuple(hunks))
    if out and out[0].commit is not None and out[0].by is not None:
        return Reverted(out[0].commit, out[0].by, tuple(hunks))
    return NotLanded()
