"""How far a landing came, as one machine tells it to others through home."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from stacker.git.objects import Oid, is_oid
from stacker.land import intent as intents
from stacker.land.journal import Landing

if TYPE_CHECKING:
    from collections.abc import Mapping


def serialise(landing: Landing) -> bytes:
    """The account as JSON; whose landing it is, the reader knows."""
    data = {
        "intent": intents.as_data(landing.intent), "shown": landing.shown, "lock": landing.lock,
        "pull": landing.pull, "in_flight": landing.in_flight, "landed": landing.landed,
        "ended": landing.ended,
    }  # fmt: skip
    return json.dumps(data, indent=1, sort_keys=True).encode() + b"\n"


def parse(raw: bytes) -> Landing:
    """Read it back; raises `ValueError`, `TypeError`, `LookupError`, `AttributeError`."""
    data = json.loads(raw)
    pull = data["pull"]
    if pull is not None and (not isinstance(pull, int) or pull < 1):
        raise ValueError(f"{pull!r} is no pull request")
    return Landing(
        intents.from_data(data["intent"]), own=False, shown=data["shown"] is True,
        lock=_oid(data, "lock"), pull=pull, in_flight=data["in_flight"] is True,
        landed=_oid(data, "landed"), ended=data["ended"] is True,
    )  # fmt: skip


def rank(landing: Landing) -> tuple[bool, ...]:
    """How far it came: of two accounts the greater is the newer one."""
    return (
        landing.ended, landing.landed is not None, landing.in_flight, landing.lock is not None,
        landing.pull is not None, landing.shown,
    )  # fmt: skip


def _oid(data: Mapping[str, object], name: str) -> Oid | None:
    value = data[name]
    if value is None:
        return None
    if not isinstance(value, str) or not is_oid(value):
        raise ValueError(f"{value!r} is no object id")
    return Oid(value)
