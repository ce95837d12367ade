"""Which heads a submit was about to push, written down before it pushes.

A submit that was killed between its push and the lock left heads on the forge that the lock
does not know; here they are recognised as ours, even when the series has moved on since.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from stacker.errors import NewerFormat
from stacker.git.objects import Oid
from stacker.series.directory import write_atomically
from stacker.series.lock import Published

if TYPE_CHECKING:
    from pathlib import Path

FORMAT = 1  # a list, which has no room for a number
_FILE = "submit.json"


def read(state: Path) -> dict[tuple[str, str], Published]:
    """The heads of an unfinished submit, by (repository, stage)."""
    path = state / _FILE
    if not path.is_file():
        return {}
    rows = json.loads(path.read_text(encoding="utf-8"))
    if isinstance(rows, dict):
        raise NewerFormat(_FILE, rows.get("format"), FORMAT)
    return {
        (row["repository"], row["stage"]): Published(
            head=Oid(row["head"]),
            base=Oid(row["base"]),
            version=int(row["version"]),
            branch=row["branch"],
            below=Oid(row["below"]) if row["below"] else None,
        )
        for row in rows
    }


def write(state: Path, heads: dict[tuple[str, str], Published]) -> None:
    """Remember the heads that are about to be pushed."""
    rows = [
        {
            "repository": repository, "stage": stage, "head": p.head, "base": p.base,
            "version": p.version, "branch": p.branch, "below": p.below,
        }
        for (repository, stage), p in heads.items()
    ]  # fmt: skip
    write_atomically(state / _FILE, json.dumps(rows, indent=1).encode())


def forget(state: Path) -> None:
    """The lock knows them now."""
    (state / _FILE).unlink(missing_ok=True)
