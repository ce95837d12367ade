"""What became of an open pull request whose branches have moved; pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Seen:
    """An open pull request's two branches: as remembered and as they are (None: deleted).

    `contained`: the base now contains the head as it is (as remembered, when it was deleted).
    `landed`: the commit that a merge of this pull request made, if the base now contains it.
    """

    head: str
    base: str
    head_now: str | None
    base_now: str | None
    contained: bool
    landed: str | None


@dataclass(frozen=True, slots=True)
class Kept:
    """Nothing happened to it."""


@dataclass(frozen=True, slots=True)
class Moved:
    """It lives on, with these commits."""

    head: str
    base: str


@dataclass(frozen=True, slots=True)
class Merged:
    """It is merged: by the commit `landed`, or (None) because `head` came into the base."""

    head: str
    base_now: str
    landed: str | None


@dataclass(frozen=True, slots=True)
class Closed:
    """It is closed without being merged; `head` is the last one it had."""

    head: str


Fate = Kept | Moved | Merged | Closed


def decide(seen: Seen) -> Fate:
    """GitHub's rules: reachable from the base is merged, a lost branch or no commits is closed."""
    if seen.head_now == seen.head and seen.base_now == seen.base:
        return Kept()
    head = seen.head_now or seen.head
    if seen.base_now is None:
        return Closed(head)
    if seen.landed is not None:
        return Merged(seen.head, seen.base_now, seen.landed)
    emptied = seen.base_now == seen.base == head
    if seen.contained and not emptied:
        return Merged(head, seen.base_now, None)
    if seen.head_now is None or emptied:
        return Closed(head)
    return Moved(head, seen.base_now)
