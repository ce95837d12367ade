"""Where evidence is kept on this machine: an append-only table that survives a killed process."""

from __future__ import annotations

import json
import sqlite3
from typing import TYPE_CHECKING, Any, Self

from stacker.errors import NewerFormat, StackerError
from stacker.evidence.record import Attempt, Record, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from pathlib import Path

VERSION = 4
_BUSY = 30.0  # seconds to wait for another process that writes
_COLUMNS = (
    ("key", "TEXT"),
    ("stage", "TEXT"),
    ("check", "TEXT"),
    ("platform", "TEXT"),
    ("verdict", "TEXT"),
    ("exit_code", "INTEGER"),
    ("seconds", "REAL"),
    ("host", "TEXT"),
    ("commit", "TEXT"),
    ("tree", "TEXT"),
    ("base", "TEXT"),
    ("log", "TEXT"),
    ("started_at", "REAL"),
    ("clean", "INTEGER"),
    ("shared", "INTEGER"),
    ("attempts", "TEXT"),
    ("parts", "TEXT"),
    ("patch", "TEXT"),
    ("runner", "TEXT"),
    ("builder", "TEXT"),
    ("url", "TEXT"),
    ("log_digest", "TEXT"),
    ("tools", "TEXT"),
    ("signature", "TEXT"),
)
_NAMES = ", ".join(f'"{name}"' for name, _ in _COLUMNS)
# By the format that lacks it: each is done in turn.
_UPGRADES = {
    1: ("ALTER TABLE evidence ADD COLUMN shared INTEGER DEFAULT 0",),
    2: (
        "ALTER TABLE evidence ADD COLUMN attempts TEXT DEFAULT '[]'",
        "ALTER TABLE evidence ADD COLUMN parts TEXT DEFAULT '{}'",
        "ALTER TABLE evidence ADD COLUMN patch TEXT DEFAULT ''",
    ),
    3: tuple(
        f"ALTER TABLE evidence ADD COLUMN {name} TEXT DEFAULT ''"
        for name in ("runner", "builder", "url", "log_digest", "tools", "signature")
    ),
}
_SCHEMA = f"""
CREATE TABLE evidence (id INTEGER PRIMARY KEY, {", ".join(f'"{n}" {t}' for n, t in _COLUMNS)});
CREATE INDEX by_key ON evidence (key);
CREATE INDEX by_check ON evidence ("check", platform);
PRAGMA user_version = {VERSION};
"""


# Of what came from others only its own word says when it was.
_NEWEST = "ORDER BY shared, CASE WHEN shared THEN started_at ELSE id END DESC, id DESC"


class EvidenceStore:
    """All results recorded on this machine; `path` is a file, made on first use. Close it."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._database = sqlite3.connect(path, timeout=_BUSY, isolation_level=None)
            try:
                self._prepare(path)
            except BaseException:
                self._database.close()
                raise
        except sqlite3.Error as exc:
            raise StackerError(
                f"the evidence in {path.name} cannot be read: {exc}",
                hint=f"Move {path} away; the checks then run again.",
            ) from exc

    def _prepare(self, path: Path) -> None:
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA synchronous = FULL")
        self._database.execute("BEGIN IMMEDIATE")
        (version,) = self._database.execute("PRAGMA user_version").fetchone()
        if version == 0:
            for statement in _SCHEMA.split(";"):
                self._database.execute(statement)
        elif version < VERSION:
            for lacking in range(version, VERSION):
                for statement in _UPGRADES[lacking]:
                    self._database.execute(statement)
            self._database.execute(f"PRAGMA user_version = {VERSION}")
        self._database.execute("COMMIT")
        if version > VERSION:
            raise NewerFormat(path.name, version, VERSION)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def add(self, *records: Record) -> None:
        """Record results, all or none; on return they are on disk."""
        marks = ", ".join("?" for _ in _COLUMNS)
        self._database.execute("BEGIN IMMEDIATE")
        self._database.executemany(
            f"INSERT INTO evidence ({_NAMES}) VALUES ({marks})",  # noqa: S608 - constants only
            [_row(record) for record in records],
        )
        self._database.execute("COMMIT")

    def every(self) -> tuple[Record, ...]:
        """All results, oldest first."""
        rows = self._database.execute(
            f"SELECT {_NAMES} FROM evidence ORDER BY id"  # noqa: S608 - as above
        )
        return tuple(map(_record, rows))

    def newest(self, keys: Iterable[str]) -> dict[str, Record]:
        """The newest result under each of `keys` that has one: of this machine, if it has any."""
        found = {}
        for key in keys:
            row = self._database.execute(
                f"SELECT {_NAMES} FROM evidence WHERE key = ?"  # noqa: S608 - as above
                " ORDER BY shared, id DESC",
                [key],
            ).fetchone()
            if row is not None:
                found[key] = _record(row)
        return found

    def knows(self, record: Record) -> bool:
        """Whether this very result of a runner was recorded here."""
        row = self._database.execute(
            "SELECT 1 FROM evidence WHERE key = ? AND runner = ? AND url = ? AND verdict = ?"
            ' AND "commit" = ? AND started_at = ? AND seconds = ? AND NOT shared',
            [
                record.key, record.runner, record.url, record.verdict, record.commit,
                record.started_at, record.seconds,
            ],
        ).fetchone()  # fmt: skip
        return row is not None

    def under(self, key: str) -> tuple[Record, ...]:
        """All results under `key`, newest first: those of this machine, then those of others."""
        rows = self._database.execute(
            f"SELECT {_NAMES} FROM evidence WHERE key = ? {_NEWEST}",  # noqa: S608 - as above
            [key],
        )
        return tuple(map(_record, rows))

    def since(self, records: Mapping[str, Record]) -> dict[str, float]:
        """When each record's verdict was first shown under its key, in seconds since 1970."""
        found = {}
        for key, record in records.items():
            (found[key],) = self._database.execute(
                "SELECT MIN(started_at) FROM evidence WHERE key = ? AND verdict = ?",
                [key, record.verdict],
            ).fetchone()
        return found

    def latest(self, stages: Collection[str]) -> dict[tuple[str, str, str], Record]:
        """The newest result at each of these stages of each check on each platform, by these."""
        marks = ", ".join("?" for _ in stages)
        rows = self._database.execute(
            f"SELECT {_NAMES} FROM (SELECT *, ROW_NUMBER() OVER"  # noqa: S608 - as above
            ' (PARTITION BY stage, "check", platform ORDER BY started_at DESC, id DESC) AS place'
            f" FROM evidence WHERE stage IN ({marks})) WHERE place = 1",
            list(stages),
        )
        return {(one.stage, one.check, one.platform): one for one in map(_record, rows)}

    def toolchain(self, platform: str, counts: Callable[[Record], bool] | None = None) -> str:
        """The toolchain of the platform's newest result that tells one and counts: here, else
        elsewhere."""
        rows = self._database.execute(
            f"SELECT {_NAMES} FROM evidence WHERE platform = ? {_NEWEST}",  # noqa: S608 - as above
            [platform],
        )
        for record in map(_record, rows):
            found = record.parts.get("toolchain", "")
            if found and (counts is None or counts(record)):
                return found
        return ""

    def usual_seconds(self, check: str, platform: str) -> float | None:
        """How long that check last took there, in seconds; None if it never came to an end."""
        row = self._database.execute(
            'SELECT seconds FROM evidence WHERE "check" = ? AND platform = ?'
            " AND verdict IN (?, ?) ORDER BY id DESC",
            [check, platform, Verdict.PASSED, Verdict.FAILED],
        ).fetchone()
        return None if row is None else float(row[0])


def _row(record: Record) -> list[object]:
    tries = [[one.verdict, one.exit_code, one.seconds] for one in record.attempts]
    written = {"attempts": json.dumps(tries), "parts": json.dumps(dict(record.parts))}
    return [written.get(name, getattr(record, name)) for name, _ in _COLUMNS]


def _record(row: Sequence[object]) -> Record:
    values: dict[str, Any] = dict(zip((name for name, _ in _COLUMNS), row, strict=True))
    values["verdict"] = Verdict(values["verdict"])
    values |= {name: bool(values[name]) for name in ("clean", "shared")}
    values["parts"] = json.loads(values["parts"])
    values["attempts"] = tuple(
        Attempt(Verdict(verdict), code, seconds)
        for verdict, code, seconds in json.loads(values["attempts"])
    )
    return Record(**values)
