"""What machines say of a commit: statuses, check runs, and the two taken together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.hub.auth import app_id
from stacker.hub.protection import Required
from stacker.hub.records import CheckRun, Status

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stacker.hub.records import Repository
    from stacker.hub.state import Database

STATES = ("error", "failure", "pending", "success")
CONCLUSIONS = (
    "action_required", "cancelled", "failure", "neutral", "success", "skipped", "timed_out",
)  # fmt: skip
_GOOD_CONCLUSIONS = frozenset({"success", "neutral", "skipped"})


def statuses(db: Database, repository: Repository, oid: str) -> list[Status]:
    """Every status of a commit, newest first."""
    sql = "SELECT * FROM statuses WHERE repository = ? AND oid = ? ORDER BY id DESC"
    return db.all(Status, sql, repository.id, oid)


def latest_statuses(db: Database, repository: Repository, oid: str) -> list[Status]:
    """The newest status of each context, in the order in which the contexts appeared."""
    newest: dict[str, Status] = {}
    for status in reversed(statuses(db, repository, oid)):
        newest[status.context] = status
    return list(newest.values())


def latest_runs(db: Database, repository: Repository, oid: str) -> list[CheckRun]:
    """The newest check run of each name, app and event, newest first."""
    newest: dict[tuple[str, str | None, str | None], CheckRun] = {}
    sql = "SELECT * FROM check_runs WHERE repository = ? AND oid = ? ORDER BY id DESC"
    for run in db.all(CheckRun, sql, repository.id, oid):
        newest.setdefault((run.name, run.app, run.event), run)
    return list(newest.values())


def combined(states: Sequence[str]) -> str:
    """GitHub's combined state: failure if anything failed, pending if anything is or nothing is."""
    if "error" in states or "failure" in states:
        return "failure"
    return "pending" if not states or "pending" in states else "success"


def run_state(run: CheckRun) -> str:
    """A check run in the words of statuses."""
    if run.status != "completed":
        return "pending"
    return "success" if run.conclusion in _GOOD_CONCLUSIONS else "failure"


def green(db: Database, repository: Repository, oid: str) -> frozenset[Required]:
    """The required checks that would be met: by anybody's word, and by each app's that spoke.

    A name that is reported in several ways is green only when all are.
    """
    said: dict[str, list[tuple[str, int | None]]] = {}
    for status in latest_statuses(db, repository, oid):
        said.setdefault(status.context, []).append((status.state, app_id(db, status.creator)))
    for run in latest_runs(db, repository, oid):
        said.setdefault(run.name, []).append((run_state(run), app_id(db, run.creator)))
    good = {n: words for n, words in said.items() if {state for state, _ in words} == {"success"}}
    return frozenset(
        Required(name, app)
        for name, words in good.items()
        for app in (None, *(a for _, a in words))
    )


def rollup(db: Database, repository: Repository, oid: str) -> str | None:
    """The state over statuses and check runs; None when there are none."""
    states = [status.state for status in latest_statuses(db, repository, oid)]
    states += [run_state(run) for run in latest_runs(db, repository, oid)]
    return combined(states) if states else None
