"""A rebase that met a conflict, remembered: its target, what went through, what was dropped."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from stacker.git.objects import Oid
from stacker.series.directory import write_atomically

if TYPE_CHECKING:
    from pathlib import Path


class Edit(NamedTuple):
    """A stage that somebody edited, and why: one line."""

    stage: str
    why: str


class Attempt(NamedTuple):
    """Where the series is to go: an upstream commit for each repository.

    `picks` are results that need not be computed again; `dropped` the (stage, patch file) pairs
    that somebody decided to leave out. With an `edit` the series goes nowhere: what the stage has
    now is put below the stages above it. `waiting` is a rebase that had stopped before: its turn
    comes again when this one is done.
    """

    targets: dict[str, Oid]
    picks: dict[tuple[Oid, Oid], Oid]
    dropped: frozenset[tuple[str, str]] = frozenset()
    edit: Edit | None = None
    waiting: Attempt | None = None


def read(state: Path) -> Attempt | None:
    """The remembered attempt; `None` when there is none, or when its file cannot be read."""
    path = state / "attempt.json"
    if not path.is_file():
        return None
    try:
        return _attempt(json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, LookupError, TypeError, AttributeError):
        return None  # the series itself does not depend on it: the next rebase starts anew


def write(state: Path, attempt: Attempt) -> None:
    """Remember `attempt`."""
    write_atomically(state / "attempt.json", json.dumps(_data(attempt), indent=1).encode())


def done(state: Path, attempt: Attempt) -> None:
    """Forget `attempt`, and remember the one that waits behind it."""
    if attempt.waiting is not None:
        write(state, attempt.waiting)
    else:
        forget(state)


def forget(state: Path) -> bool:
    """Forget it; says whether there was one."""
    path = state / "attempt.json"
    there = path.is_file()
    path.unlink(missing_ok=True)
    return there


def _data(attempt: Attempt) -> dict[str, Any]:
    return {
        "targets": attempt.targets,
        "picks": [[*key, value] for key, value in attempt.picks.items()],
        "dropped": sorted(attempt.dropped),
        "edit": attempt.edit,
        "waiting": _data(attempt.waiting) if attempt.waiting else None,
    }


def _attempt(data: dict[str, Any]) -> Attempt:
    edit, waiting = data.get("edit"), data.get("waiting")
    return Attempt(
        targets={str(k): Oid(v) for k, v in data["targets"].items()},
        picks={(Oid(a), Oid(b)): Oid(c) for a, b, c in data["picks"]},
        dropped=frozenset((str(s), str(f)) for s, f in data["dropped"]),
        edit=Edit(str(edit[0]), str(edit[1])) if edit else None,
        waiting=_attempt(waiting) if waiting else None,
    )
