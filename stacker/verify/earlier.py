"""Evidence that there was for a cell and that does not count for it now, and why not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stacker.evidence.key import differing
from stacker.evidence.record import day

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from stacker.evidence.record import Record
    from stacker.verify.matrix import Cell

_BY_BASE = frozenset({"tree", "values.base"})


@dataclass(frozen=True, slots=True)
class Earlier:
    """The newest result of a stage's check on a platform under another key, or too old a one.

    `differs` are the parts of the key that differ, none when it is only too old. `stale` says in
    words what became of it when nothing of ours changed; it is empty when something did.
    """

    record: Record
    differs: tuple[str, ...]
    stale: str


def earlier(cell: Cell, record: Record, base: str, patch: Callable[[], str]) -> Earlier:
    """What `record`, which does not count for the cell, was about.

    `base` and `patch` are the stage's now.
    """
    differs = differing(record.parts, cell.parts)
    stale = ""
    if not differs:
        stale = "too old"
    elif _BY_BASE.issuperset(differs) and record.patch and record.patch == patch():
        moved = record.base != base
        stale = f"on another base ({record.base[:7]})" if moved else "above other patches"
    return Earlier(record, differs, stale)


def told(record: Record) -> str:
    """What a result was, when and where, in words."""
    return f"{record.verdict.words} on {day(record.started_at)} ({record.host})"


def is_fresh(cell: Cell, record: Record, now: float) -> bool:
    """Whether the result is young enough for the cell; `now` is in seconds since 1970."""
    age = cell.check.max_age
    return age is None or now - (record.started_at + record.seconds) <= age


def fresh(cells: Sequence[Cell], records: Mapping[str, Record], now: float) -> dict[str, Record]:
    """Those of the records, by key, that are young enough for every cell of that key."""
    old = {c.key for c in cells if c.key in records and not is_fresh(c, records[c.key], now)}
    return {key: record for key, record in records.items() if key not in old}
