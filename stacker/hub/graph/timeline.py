"""What happened to a pull request, as far as the hub remembers it; and auto-merge."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stacker.hub import automerge, repositories
from stacker.hub.graph.connection import connection
from stacker.hub.graph.readings import CommitAt, named_pull
from stacker.hub.records import ForcePush

if TYPE_CHECKING:
    from stacker.hub.call import Call, Json
    from stacker.hub.records import Pull


def items(call: Call, pull: Pull, *, itemTypes: list[str] | None = None, **window: Any) -> Json:  # noqa: ANN401, N803 - the schema names and types them
    """The times that its head was forced elsewhere, oldest first; there is nothing else."""
    sql = "SELECT * FROM force_pushes WHERE pull = ? ORDER BY id"
    found = [] if itemTypes == [] else call.db.all(ForcePush, sql, pull.id)
    return connection(found, **window)


def commit(call: Call, push: ForcePush, oid: str) -> CommitAt | None:
    """One of its commits; None when that is gone."""
    sql = "SELECT repository FROM pulls WHERE id = ?"
    home = repositories.by_id(call.db, call.db.number(sql, push.pull))
    there = repositories.bare(call.site, home).kind(oid) is not None
    return CommitAt(home, oid) if there else None


def enable(call: Call, given: dict[str, str]) -> Json:
    """Ask for a pull request to be merged as soon as it may."""
    pull = named_pull(call, given["pullRequestId"])
    automerge.enable(call, pull, given["mergeMethod"])
    return {"pullRequest": pull, "clientMutationId": given.get("clientMutationId")}


def disable(call: Call, given: dict[str, str]) -> Json:
    """Ask for that no longer."""
    pull = named_pull(call, given["pullRequestId"])
    automerge.disable(call, pull)
    return {"pullRequest": pull, "clientMutationId": given.get("clientMutationId")}
