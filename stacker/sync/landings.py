"""Landings that were begun: whoever of the team runs `land` next finds out what became of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from stacker.land import intent as journal
from stacker.land.intent import Step

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from stacker.land.intent import Intent
    from stacker.series.lock import Lock

_TX = re.compile(r"[0-9a-f]{20}")
_ORDER = list(Step)


def known(state: Path) -> dict[str, bytes]:
    """The landings that this clone knows of, as files."""
    return {f"{one.tx}.json": journal.serialise(one) for one in journal.begun(state)}


def further(one: bytes, other: bytes) -> bytes:
    """Which of two accounts of a landing went further."""
    return max(one, other, key=lambda raw: (_step_in(raw), raw))


def take(state: Path, came: Mapping[str, bytes], lock: Lock) -> int:
    """Write down what others began of the series of `lock`; says how many landings that were.

    What would end one closes pull requests: of those that the series does not have, nothing is
    believed.
    """
    ours = {line.repository for line in lock.stages}
    pulls = {(line.repository, line.pull) for line in lock.stages}
    count = 0
    for name, raw in came.items():
        intent = _intent_in(raw)
        if intent is None or name != f"{intent.tx}.json" or not _TX.fullmatch(intent.tx):
            continue
        numbers = (member.number for member in intent.members)
        known = all(n is None or (intent.repository, n) in pulls for n in numbers)
        if intent.repository in ours and known:
            journal.write(state, intent)
            count += 1
    return count


def _intent_in(raw: bytes) -> Intent | None:
    try:
        return journal.parse(raw)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _step_in(raw: bytes) -> int:
    intent = _intent_in(raw)
    return -1 if intent is None else _ORDER.index(intent.step)
