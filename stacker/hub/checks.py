"""What machines say of a commit: statuses, check runs, and the two taken together."""

from __future__ import annotations

from typing import TYPE_CHECKING

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


def green(db: Database, repository: Repository, oid: str) -> frozenset[str]:
    """The contexts and names whose newest word on the commit is a success.

    A name that is reported both ways is green only when both are.
    """
    said: dict[str, list[str]] = {}
    for status in latest_statuses(db, repository, oid):
        said.setdefault(status.context, []).append(status.state)
    for run in latest_runs(db, repository, oid):
        said.setdefault(run.name, []).append(run_state(run))
    return frozenset(name for name, states in said.items() if set(states) == {"success"})


def rollup(db: Database, repository: Repository, oid: str) -> str | None:
    """The state over statuses and check runs; None when there are none."""
    states = [status.state for status in latest_statuses(db, repository, oid)]
    states += [run_state(run) for run in latest_runs(db, repository, oid)]
    return combined(states) if states else None
