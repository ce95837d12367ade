"""A fault as a value: which requests it strikes, and what becomes of them."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Reply:
    """What is answered instead of the truth."""

    status: int
    body: object = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Before:
    """Nothing is done; then this reply, or (None) the connection ends without one."""

    reply: Reply | None = None


@dataclass(frozen=True, slots=True)
class After:
    """All is done; then this reply, or (None) the connection ends without one."""

    reply: Reply | None = None


@dataclass(frozen=True, slots=True)
class Slow:
    """The hub waits before it does anything."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Stale:
    """A read finds the hub as it was before the last `writes` changes."""

    writes: int = 1


@dataclass(frozen=True, slots=True)
class Truncated:
    """A list lacks its last items; without `link` it does not say that there are more pages."""

    items: int = 0
    link: bool = True


@dataclass(frozen=True, slots=True)
class Altered:
    """Every object of the answer that has one of these fields has this value in it."""

    fields: Mapping[str, object]


Fault = Before | After | Slow | Stale | Truncated | Altered


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as rules see it: without the API's prefix; `writes` if it may change things."""

    method: str
    path: str
    actor: str
    body: bytes
    writes: bool


@dataclass(frozen=True, slots=True)
class Rule:
    """A fault, and which of the requests that fit it strikes: `times` of them from the `nth` on.

    What is empty fits everything; `times` None is for good.
    """

    fault: Fault
    method: str = ""
    path: str = ""
    actor: str = ""
    contains: str = ""
    nth: int = 1
    times: int | None = 1

    def fits(self, asked: Asked) -> bool:
        """Whether a request is one of those that are counted."""
        return (
            self.method in {"", asked.method}
            and (not self.path or _pattern(self.path).fullmatch(asked.path) is not None)
            and self.actor.lower() in {"", asked.actor.lower()}
            and self.contains.encode() in asked.body
            and not (isinstance(self.fault, Stale) and asked.writes)
        )

    def strikes(self, count: int) -> bool:
        """Whether it is the turn of the request that is number `count` of those that fit."""
        return count >= self.nth and (self.times is None or count < self.nth + self.times)


@functools.cache
def _pattern(glob: str) -> re.Pattern[str]:
    """`*` is anything within one part of a path, `**` anything at all."""
    parts = re.split(r"(\*\*|\*)", glob)
    words = {"**": ".*", "*": "[^/]*"}
    return re.compile("".join(words.get(part, re.escape(part)) for part in parts))
