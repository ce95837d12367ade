"""Landings that were begun: whoever of the team runs `land` next finds out what became of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from stacker.land import account
from stacker.land.journal import all_in, opened

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from stacker.land.journal import Landing
    from stacker.series.lock import Lock

_TX = re.compile(r"[0-9a-f]{20}")


def known(state: Path) -> dict[str, bytes]:
    """The landings that this clone knows of, as files."""
    return {f"{one.intent.tx}.json": account.serialise(one) for one in all_in(state)}


def further(one: bytes, other: bytes) -> bytes:
    """Which of two accounts of a landing went further."""
    return max(one, other, key=lambda raw: (_rank_in(raw), raw))


def take(state: Path, came: Mapping[str, bytes], lock: Lock, now: int) -> int:
    """Write down what others began of the series of `lock`; says how many landings that were.

    What would end one closes pull requests: of those that the series does not have, nothing is
    believed.
    """
    ours = {line.repository for line in lock.stages}
    pulls = {(line.repository, line.pull) for line in lock.stages}
    found = []
    for name, raw in came.items():
        landing = _landing_in(raw)
        if landing is None:
            continue
        intent = landing.intent
        if name != f"{intent.tx}.json" or not _TX.fullmatch(intent.tx):
            continue
        numbers = (member.number for member in intent.members)
        known = all(n is None or (intent.repository, n) in pulls for n in numbers)
        if intent.repository in ours and known:
            found.append(landing)
    if found:
        with opened(state, lambda: now) as journal:
            for landing in found:
                journal.learn(landing)
    return len(found)


def _landing_in(raw: bytes) -> Landing | None:
    try:
        return account.parse(raw)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None


def _rank_in(raw: bytes) -> tuple[bool, ...]:
    landing = _landing_in(raw)
    return () if landing is None else account.rank(landing)
