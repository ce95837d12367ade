"""The hub's memory: one SQLite file that several servers share, one transaction a request."""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from dataclasses import fields
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from stacker.errors import NewerFormat
from stacker.hub.tables import (
    AUTO_MERGES,
    CREATIONS,
    FORCE_PUSHES,
    REVIEW_COMMENTS,
    RULESETS,
    SCHEMA,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from _typeshed import DataclassInstance

    Kind = TypeVar("Kind", bound=DataclassInstance)
Value = str | int | None

VERSION = 5
_ADDED = CREATIONS, REVIEW_COMMENTS, RULESETS, FORCE_PUSHES, AUTO_MERGES
# What makes a memory of each earlier version one of the next.
_STEPS = {
    1: (
        *(f"ALTER TABLE check_runs ADD COLUMN {name} TEXT" for name in ("app", "event")),
        CREATIONS,
    ),
    2: (REVIEW_COMMENTS,),
    3: (RULESETS,),
    4: (FORCE_PUSHES, AUTO_MERGES),
}
_BUSY_SECONDS = 30.0


class Database:
    """A connection to the hub's memory, for one thread and one request."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def one(self, kind: type[Kind], sql: str, *args: Value) -> Kind | None:
        """The first row of a query as a record, if there is one."""
        row = self._connection.execute(sql, args).fetchone()
        return None if row is None else _record(kind, row)

    def all(self, kind: type[Kind], sql: str, *args: Value) -> list[Kind]:
        """Every row of a query as records."""
        return [_record(kind, row) for row in self._connection.execute(sql, args)]

    def number(self, sql: str, *args: Value) -> int:
        """The one whole number that a query (a count, a RETURNING) gives."""
        row = self._connection.execute(sql, args).fetchone()
        return int(row[0])

    def text(self, sql: str, *args: Value) -> str | None:
        """The one string that a query gives, if it gives one."""
        row = self._connection.execute(sql, args).fetchone()
        return None if row is None or row[0] is None else str(row[0])

    def run(self, sql: str, *args: Value) -> int:
        """Change rows; the answer is how many."""
        return self._connection.execute(sql, args).rowcount

    def insert(self, table: str, **values: Value) -> int:
        """Add a row; the answer is its id. `table` and the columns are names of our own code."""
        names = ", ".join(values)
        marks = ", ".join("?" * len(values))
        sql = f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608 - see the docstring
        row_id = self._connection.execute(sql, tuple(values.values())).lastrowid
        return int(row_id or 0)

    @contextmanager
    def reading(self) -> Iterator[None]:
        """All that is read inside belongs to one moment."""
        with self._transaction("BEGIN"):
            yield

    @contextmanager
    def writing(self) -> Iterator[None]:
        """All that is written inside happens, or none of it; other writers wait.

        Inside another `writing` it is a part of that one.
        """
        if self._connection.in_transaction:
            yield
            return
        with self._transaction("BEGIN IMMEDIATE"):
            yield

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[None]:
        self._connection.execute(begin)
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")


@contextmanager
def connect(root: Path) -> Iterator[Database]:
    """The memory of the hub at `root`, made on first use; closed at the end."""
    connection = _file(root)
    connection.row_factory = sqlite3.Row
    try:
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA foreign_keys = ON")
        _prepare(connection)
        yield Database(connection)
    finally:
        connection.close()


def copy(root: Path, to: Path) -> None:
    """Copy the memory of the hub at `root`, as it is at this moment, into another folder."""
    with closing(_file(root)) as here, closing(_file(to)) as there:
        here.backup(there)


def _file(root: Path) -> sqlite3.Connection:
    return sqlite3.connect(
        root / "hub.sqlite", timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )


def _prepare(connection: sqlite3.Connection) -> None:
    if _version(connection) == 0:
        connection.execute("PRAGMA journal_mode = WAL")
        _advance(connection, 0, VERSION, (*SCHEMA.split(";\n"), *_ADDED))
    for version, statements in _STEPS.items():
        if _version(connection) == version:
            _advance(connection, version, version + 1, statements)
    if _version(connection) > VERSION:
        raise NewerFormat("the hub's hub.sqlite", _version(connection), VERSION)


def _advance(connection: sqlite3.Connection, old: int, new: int, statements: Iterable[str]) -> None:
    connection.execute("BEGIN IMMEDIATE")
    if _version(connection) == old:  # another server may have been quicker
        for statement in statements:
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {new}")
    connection.execute("COMMIT")


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _record(kind: type[Kind], row: sqlite3.Row) -> Kind:
    values: dict[str, Any] = {}
    for name, is_bool in _columns(kind):
        value = row[name]
        values[name] = bool(value) if is_bool else value
    return kind(**values)


@cache
def _columns(kind: type[Any]) -> tuple[tuple[str, bool], ...]:
    return tuple((each.name, each.type == "bool") for each in fields(kind))
