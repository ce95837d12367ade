"""Landings that were begun: whoever of the team runs `land` next finds out what became of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from stacker.land import intent as journal
from stacker.land.intent import Step

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from stacker.land.intent import Intent

_TX = re.compile(r"[0-9a-f]{20}")
_ORDER = list(Step)


def known(state: Path) -> dict[str, bytes]:
    """The landings that this clone knows of, as files."""
    return {f"{one.tx}.json": journal.serialise(one) for one in journal.begun(state)}


def further(one: bytes, other: bytes) -> bytes:
    """Which of two accounts of a landing went further."""
    return max(one, other, key=lambda raw: (_step_in(raw), raw))


def take(state: Path, came: Mapping[str, bytes], repositories: Collection[str]) -> int:
    """Write down what others began in these repositories; says how many landings could be read."""
    count = 0
    for name, raw in came.items():
        intent = _intent_in(raw)
        if intent is None or name != f"{intent.tx}.json" or not _TX.fullmatch(intent.tx):
            continue
        if intent.repository in repositories:
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
