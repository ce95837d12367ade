"""Auto-merge as it is asked for and shown; the hub itself merges nothing on its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stacker.hub import repositories
from stacker.hub.call import Refusal, needs_admin
from stacker.hub.records import Right

if TYPE_CHECKING:
    from stacker.hub.call import Call
    from stacker.hub.records import Pull
    from stacker.hub.state import Database

METHODS = ("MERGE", "REBASE", "SQUASH")


@dataclass(frozen=True, slots=True)
class AutoMerge:
    """That somebody wants a pull request merged as soon as the rules are met."""

    pull: int
    user: int
    method: str
    created_at: str


def wanted(db: Database, pull: Pull) -> AutoMerge | None:
    """What was asked for of an open pull request."""
    sql = "SELECT * FROM auto_merges WHERE pull = ?"
    return db.one(AutoMerge, sql, pull.id) if pull.is_open else None


def enable(call: Call, pull: Pull, method: str) -> None:
    """Ask for it; for those who may write."""
    _may(call, pull)
    if not pull.is_open:
        raise Refusal(422, "Pull request is closed.")
    _forget(call, pull)
    call.db.insert(
        "auto_merges", pull=pull.id, user=call.user.id, method=method, created_at=call.now
    )


def disable(call: Call, pull: Pull) -> None:
    """Ask for it no longer."""
    _may(call, pull)
    if not _forget(call, pull):
        raise Refusal(422, "Can't disable auto-merge for this pull request.")


def _forget(call: Call, pull: Pull) -> int:
    return call.db.run("DELETE FROM auto_merges WHERE pull = ?", pull.id)


def _may(call: Call, pull: Pull) -> None:
    repository = repositories.by_id(call.db, pull.repository)
    call.insist(repository)
    if repositories.right(call.db, repository, call.user) < Right.WRITE:
        raise needs_admin()
