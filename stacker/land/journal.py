"""The write-ahead journal of landings: what is about to be done, on disk before it is done.

SQLite with full synchronisation: when a call returns, a power cut cannot take it back. A landing is
its intent, written once, and its steps, only ever added; where it stands is folded from these.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from stacker.errors import NewerFormat, StackerError
from stacker.git.objects import Oid
from stacker.land import intent as intents

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from stacker.land.intent import Intent

_FILE = "landings.sqlite"
VERSION = 1
_SCHEMA = f"""
CREATE TABLE landings (tx TEXT PRIMARY KEY, intent TEXT NOT NULL, own INTEGER NOT NULL);
CREATE TABLE steps (
  id INTEGER PRIMARY KEY, tx TEXT NOT NULL, at INTEGER NOT NULL,
  kind TEXT NOT NULL, step TEXT NOT NULL, detail TEXT NOT NULL
);
CREATE INDEX by_tx ON steps (tx);
PRAGMA user_version = {VERSION};
"""


class Step(StrEnum):
    """What a landing does elsewhere, in this order."""

    SHOW = "show"  # the candidate where CI and people see it
    LOCK = "lock"
    FREEZE = "freeze"  # no member may be merged alone
    COMMIT = "commit"  # the one update of the target branch
    FENCE = "fence"  # after it nothing of a dead run can arrive
    SETTLE = "settle"
    RELEASE = "release"
    END = "end"


@dataclass(frozen=True, slots=True)
class Landing:
    """A landing as far as its journal tells.

    `shown` is whether the candidate may be on its branch; `lock` what the lock ref was last to
    become; `pull` the landing pull request; `in_flight`
    whether a commit point may still arrive; `landed` the commit as which it was seen to have
    landed. Another machine's, learned from the lock or through home, is not `own`.
    """

    intent: Intent
    own: bool = True
    shown: bool = False
    lock: Oid | None = None
    pull: int | None = None
    in_flight: bool = False
    landed: Oid | None = None
    ended: bool = False

    @property
    def acted(self) -> bool:
        """Whether the target branch can have moved by it, whoever made the last step."""
        return self.in_flight or self.landed is not None or self.pull is not None


class Journal:
    """The landings of one series directory; `now` gives seconds since 1970. Close it."""

    def __init__(self, state: Path, now: Callable[[], int]) -> None:
        self._now = now
        state.mkdir(parents=True, exist_ok=True)
        self._database = _opened(state / _FILE)

    def close(self) -> None:
        """Let the file go."""
        self._database.close()

    def begin(self, intent: Intent, *, own: bool = True) -> Landing:
        """Write an intent down, once; one that is known goes on where it was, and is own from when
        it was begun here, too.

        What others told under the name of a landing of ours, and is not that, is forgotten.
        """
        if own:
            self._forget_other_than(intent)
        self._write(
            "INSERT INTO landings VALUES (?, ?, ?)"
            " ON CONFLICT (tx) DO UPDATE SET own = max(own, excluded.own)",
            (intent.tx, intents.serialise(intent), int(own)),
        )
        return self.landing(intent.tx)

    def _forget_other_than(self, intent: Intent) -> None:
        sql = "SELECT intent FROM landings WHERE tx = ? AND NOT own"
        row = self._database.execute(sql, (intent.tx,)).fetchone()
        if row is not None and intents.parse(row[0]) != intent:
            self._write("DELETE FROM steps WHERE tx = ?", (intent.tx,))
            self._write("DELETE FROM landings WHERE tx = ?", (intent.tx,))

    def about(self, landing: Landing, step: Step, **detail: object) -> Landing:
        """Write down what is about to be done."""
        return self._add(landing, "about", step, detail)

    def observed(self, landing: Landing, step: Step, **detail: object) -> Landing:
        """Write down what was seen to have come of it."""
        return self._add(landing, "observed", step, detail)

    def end(self, landing: Landing, how: str) -> Landing:
        """Nothing is left to do for it."""
        return self._add(landing, "about", Step.END, {"how": how})

    def learn(self, told: Landing) -> None:
        """Write down what another machine tells of a landing, as far as it is news."""
        here = self.begin(told.intent, own=False)
        news: list[tuple[bool, str, Step, dict[str, object]]] = [
            (told.shown and not here.shown, "about", Step.SHOW, {}),
            (told.pull != here.pull, "observed", Step.SHOW, {"pull": told.pull}),
            (told.lock != here.lock, "about", Step.LOCK, {"lock": told.lock}),
            (told.in_flight and not here.in_flight, "about", Step.COMMIT, {}),
            (told.landed != here.landed, "about", Step.SETTLE, {"landed": told.landed}),
            (told.ended and not here.ended, "about", Step.END, {"how": "told by another machine"}),
        ]
        for is_new, kind, step, detail in news:
            if is_new and all(value is not None for value in detail.values()):
                here = self._add(here, kind, step, detail)

    def landing(self, tx: str) -> Landing:
        """One landing as it stands; raises `LookupError`."""
        return next(one for one in self.all() if one.intent.tx == tx)

    def all(self) -> tuple[Landing, ...]:
        """Every landing that this directory knows of, in the order in which they were begun."""
        rows = self._database.execute("SELECT tx, intent, own FROM landings ORDER BY rowid")
        found = {tx: Landing(intents.parse(raw), bool(own)) for tx, raw, own in rows.fetchall()}
        steps = self._database.execute("SELECT tx, kind, step, detail FROM steps ORDER BY id")
        for tx, kind, step, detail in steps.fetchall():
            found[tx] = _after(found[tx], kind, Step(step), json.loads(detail))
        return tuple(found.values())

    def unfinished(self) -> tuple[Landing, ...]:
        """Those that have not ended."""
        return tuple(one for one in self.all() if not one.ended)

    def steps(self, tx: str) -> tuple[tuple[str, str, dict[str, object]], ...]:
        """Kind, step and detail of all that was written of a landing."""
        rows = self._database.execute(
            "SELECT kind, step, detail FROM steps WHERE tx = ? ORDER BY id", (tx,)
        )
        return tuple((kind, step, json.loads(detail)) for kind, step, detail in rows.fetchall())

    def _add(self, landing: Landing, kind: str, step: Step, detail: dict[str, object]) -> Landing:
        self._write(
            "INSERT INTO steps (tx, at, kind, step, detail) VALUES (?, ?, ?, ?, ?)",
            (landing.intent.tx, self._now(), kind, str(step), json.dumps(detail)),
        )
        return _after(landing, kind, step, detail)

    def _write(self, statement: str, values: tuple[object, ...]) -> None:
        try:
            self._database.execute(statement, values)
        except sqlite3.Error as exc:
            raise StackerError(
                f"the journal of landings cannot be written: {exc}",
                hint="Nothing more was done. Make room, or mend .stacker, and run this again.",
            ) from exc


@contextmanager
def opened(state: Path, now: Callable[[], int]) -> Iterator[Journal]:
    """The journal of a series directory, for a while."""
    journal = Journal(state, now)
    try:
        yield journal
    finally:
        journal.close()


def all_in(state: Path) -> tuple[Landing, ...]:
    """The landings that a directory knows of, for looking; nothing is made."""
    if not (state / _FILE).is_file():
        return ()
    with opened(state, int) as journal:
        return journal.all()


def unfinished_in(state: Path) -> tuple[Landing, ...]:
    """Those of them that have not ended."""
    return tuple(one for one in all_in(state) if not one.ended)


def _after(landing: Landing, kind: str, step: Step, detail: dict[str, object]) -> Landing:
    """Where a landing stands after one more step. Pure."""
    match kind, step:
        case "about", Step.SHOW:
            landing = replace(landing, shown=True)
        case "observed", Step.SHOW:
            landing = replace(landing, pull=_number(detail, "pull"))
        case "about", Step.LOCK:
            landing = replace(landing, lock=_oid(detail, "lock"))
        case "observed", Step.RELEASE:
            landing = replace(landing, lock=None)
        case "about", Step.COMMIT:
            landing = replace(landing, in_flight=True)
        case "observed", Step.FENCE:
            landing = replace(landing, in_flight=False)
        case ("about", Step.SETTLE) | ("observed", Step.COMMIT) if "landed" in detail:
            landing = replace(landing, landed=_oid(detail, "landed"))
        case _, Step.END:
            landing = replace(landing, ended=True, in_flight=False)
        case _:
            pass
    return landing


def _number(detail: dict[str, object], name: str) -> int | None:
    value = detail.get(name)
    return value if isinstance(value, int) else None


def _oid(detail: dict[str, object], name: str) -> Oid | None:
    value = detail.get(name)
    return Oid(value) if isinstance(value, str) else None


def _opened(path: Path) -> sqlite3.Connection:
    try:
        database = sqlite3.connect(path, timeout=30.0, isolation_level=None)
        database.execute("PRAGMA synchronous = FULL")
        version = database.execute("PRAGMA user_version").fetchone()[0]
        if version == 0:
            database.execute("BEGIN IMMEDIATE")
            if not database.execute("SELECT 1 FROM sqlite_master").fetchone():
                for statement in filter(None, map(str.strip, _SCHEMA.split(";\n"))):
                    database.execute(statement)
            database.execute("COMMIT")
        elif version > VERSION:
            database.close()
            raise NewerFormat(str(path), version, VERSION)
    except sqlite3.Error as exc:
        raise StackerError(
            f"the journal of landings, {path}, cannot be read: {exc}",
            hint="What landed is in the target branch, with `Stacker-Landing:` in its message. "
            "Move the file away; `stacker land` then finds it there.",
        ) from exc
    return database
