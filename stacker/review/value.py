"""What a review is asked for, and what it tells beside the change itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from stacker.forge.threads import Thread


class SinceVersion(NamedTuple):
    """What changed since version `number`."""

    number: int


class SinceMyReview(NamedTuple):
    """What changed since the newest review by whoever asks."""


SinceWanted = SinceVersion | SinceMyReview


class Published(NamedTuple):
    """A head that was published as version `number`, and the commit that its own change begins
    at; that is empty if it is not known."""

    number: int
    head: str
    below: str


@dataclass(frozen=True, slots=True)
class Interdiff:
    """The change of `old`, put where the stage stands now, differs so from what it is now."""

    old: str
    diff: bytes


@dataclass(frozen=True, slots=True)
class RangeDiff:
    """That replay conflicts in `paths`: the patches of both versions are compared."""

    old: str
    paths: tuple[bytes, ...]
    diff: bytes


@dataclass(frozen=True, slots=True)
class DiffOfDiffs:
    """There are no objects here to replay: the two changes are compared as they read."""

    old: str
    diff: bytes


@dataclass(frozen=True, slots=True)
class Whole:
    """There is nothing to compare with, and why: the whole change is to be read."""

    why: str


Since = Interdiff | RangeDiff | DiffOfDiffs | Whole


@dataclass(frozen=True, slots=True)
class Place:
    """Where a thread is in the newest version: `line` is `None` if its line is gone, or if it is
    about the whole file. `was` says where it was begun, where that differs."""

    thread: Thread
    path: str
    line: int | None
    was: str = ""


@dataclass(frozen=True, slots=True)
class Unread:
    """The forge was not read, and why."""

    why: str
