"""Whether this stacker is new enough for the databases that another one wrote here.

The other files tell it whenever they are read; a database may lie unread for long.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from stacker.doctor.finding import failed, ok
from stacker.errors import NewerFormat
from stacker.evidence.store import VERSION as EVIDENCE_FORMAT
from stacker.hub.state import VERSION as HUB_FORMAT
from stacker.land.journal import VERSION as LANDINGS_FORMAT
from stacker.verify.known import EVIDENCE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from stacker.doctor.finding import Finding
    from stacker.series.directory import SeriesDirectory

_KNOWN = {
    EVIDENCE: EVIDENCE_FORMAT,
    "landings.sqlite": LANDINGS_FORMAT,
    "hub/hub.sqlite": HUB_FORMAT,
}


def examine_formats(directory: SeriesDirectory) -> Iterator[Finding]:
    """The form of each database in `.stacker` that is not of today's."""
    found = {name: _format(directory.state / name) for name in _KNOWN}
    newer = [name for name, form in found.items() if form > _KNOWN[name]]
    for name in newer:
        yield failed("formats", NewerFormat(f".stacker/{name}", found[name], _KNOWN[name]))
    older = [
        f"{name} is of format {form}" for name, form in found.items() if 0 < form < _KNOWN[name]
    ]
    if older:
        yield ok("formats", f"{', '.join(older)}; the next command that opens it upgrades it")
    elif not newer:
        yield ok("formats", "this stacker knows all that is written here")


def _format(path: Path) -> int:
    """0 where there is none, or none that can be read: whoever needs it says so."""
    if not path.is_file():
        return 0
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as database:
            return int(database.execute("PRAGMA user_version").fetchone()[0])
    except sqlite3.Error:
        return 0
