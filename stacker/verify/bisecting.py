"""Bisecting a tip's chain for the first stage that is bad, as `git bisect` does. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class Told(Enum):
    """What a stage's check has told; `CANNOT` is what git calls skipped."""

    GOOD = auto()
    BAD = auto()
    CANNOT = auto()


@dataclass(frozen=True, slots=True)
class Probe:
    """The place to ask next."""

    place: int


@dataclass(frozen=True, slots=True)
class FirstBad:
    """The place that is bad while the one before it is good; before place 0 lies the base."""

    place: int


@dataclass(frozen=True, slots=True)
class NothingBad:
    """The tip is good."""


@dataclass(frozen=True, slots=True)
class OpenRange:
    """One of `first` to `last` may be the first bad one; between them nobody can tell.

    `bad` says that the last one is; else it is not known whether anything is bad.
    """

    first: int
    last: int
    bad: bool


Answer = Probe | FirstBad | NothingBad | OpenRange


def decide(count: int, told: Mapping[int, Told]) -> Answer:
    """What `told` leaves to do or to say about a chain of `count` places, the last its tip.

    The base, before the first, is taken to be good. That the answer is right needs a chain in
    which nothing is good after something bad; if there is, what follows the last good place counts.
    """
    high = next((n for n in reversed(range(count)) if told.get(n) is not Told.CANNOT), -1)
    if high not in told:
        return Probe(high) if high >= 0 else OpenRange(0, count - 1, bad=False)
    if told[high] is Told.GOOD:
        whole = high == count - 1
        return NothingBad() if whole else OpenRange(high + 1, count - 1, bad=False)
    low, high, unasked = _window(high, told)
    if unasked:
        return Probe(min(unasked, key=lambda place: abs(place - (low + high) // 2)))
    return FirstBad(high) if high == low + 1 else OpenRange(low + 1, high, bad=True)


def probes_left(count: int, told: Mapping[int, Told]) -> int:
    """How many probes the answer takes at most, if every one of them tells."""
    match decide(count, told):
        case Probe(place) if all(told.get(n) is Told.CANNOT for n in range(place + 1, count)):
            return 1 + probes_left(count, {**told, place: Told.BAD})
        case Probe():
            high = max(n for n in told if told[n] is Told.BAD)
            return len(_window(high, told)[2]).bit_length()
        case _:
            return 0


def _window(high: int, told: Mapping[int, Told]) -> tuple[int, int, list[int]]:
    """Where it still is: the last good place below the bad one at `high`, the first bad one above
    that, and those between that were not asked."""
    low = max((n for n in range(high) if told.get(n) is Told.GOOD), default=-1)
    first = min(n for n in range(low + 1, high + 1) if told.get(n) is Told.BAD)
    return low, first, [n for n in range(low + 1, first) if n not in told]
