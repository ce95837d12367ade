"""Versions are numbered once: every operation remembers which content has which number.

It carries the numbers of the contents from a few operations before it up to its own, and names
the operation before these. So a series of thousands of operations is looked through in some tens
of steps. Pure.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING, NamedTuple

from stacker.git.objects import Oid, is_oid

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stacker.series.lock import Lock

_MOST = 64  # contents that one operation carries
_LINE = re.compile(r"^Numbers: (\d+) (\w+)((?: [0-9a-f]+=\d+)*)$", re.MULTILINE)


class Numbers(NamedTuple):
    """What an operation knows of the numbers given: the `highest` of all up to it; those of the
    contents that it carries; and the operation, if any, that knows of older ones."""

    highest: int
    carried: Mapping[str, int]
    older: Oid | None = None

    @classmethod
    def parse(cls, message: str) -> Numbers | None:
        """Read them from an operation's message; `None` in one of an older stacker."""
        line = _LINE.search(message)
        if line is None:
            return None
        pairs = (pair.split("=") for pair in line[3].split())
        older = Oid(line[2]) if is_oid(line[2]) else None
        return cls(int(line[1]), {content: int(number) for content, number in pairs}, older)

    def line(self) -> str:
        """The line of the message."""
        pairs = "".join(f" {c}={number}" for c, number in self.carried.items())
        return f"Numbers: {self.highest} {self.older or 'none'}{pairs}\n"

    def following(self, here: Oid, number: int, content: str | None) -> Numbers:
        """Those of the operation after `here`, whose these are.

        It has `content` (`None` if its lock does not tell of its patches) under `number`.
        """
        carried, older = dict(self.carried), self.older
        if len(carried) >= _MOST:
            carried, older = {}, here
        if content is not None:
            carried[content] = number
        return Numbers(max(self.highest, number), carried, older)


def content_of(lock: Lock) -> str:
    """Names what makes a version: where the series stands and what it changes, in 32 hex digits.

    What is published is not of it.
    """
    lines = [(s.stage, s.needs, s.commit, s.trees, s.landed) for s in lock.stages]
    raw = json.dumps([sorted(lock.bases.items()), lines], separators=(",", ":"))
    return hashlib.sha256(raw.encode()).hexdigest()[:32]
