"""What the fields of the GraphQL schema say, read from the hub's records."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from stacker.hub import checks, pulls, repositories
from stacker.hub.auth import account_by_id, app_id
from stacker.hub.bare import HEADS
from stacker.hub.binding import all_rules
from stacker.hub.call import Refusal
from stacker.hub.graph.connection import connection
from stacker.hub.mergeability import conflicts, tested
from stacker.hub.reconcile import reconcile
from stacker.hub.records import (
    Account,
    CheckRun,
    Comment,
    Label,
    Pull,
    Repository,
    Review,
    ReviewComment,
    Status,
)
from stacker.hub.reviews import decision, opinions
from stacker.hub.show.accounts import node_id

if TYPE_CHECKING:
    from collections.abc import Callable

    from stacker.git.objects import Commit
    from stacker.hub.call import Call, Json
    from stacker.hub.limits import Allowance

    # A field's function gets the call, the parent object and the field's arguments by name.
    Field = Callable[..., Any]
    Numbered = Account | Repository | Pull | Review | ReviewComment | Comment | Label | CheckRun


@dataclass(frozen=True, slots=True)
class Context:
    """What every field may use."""

    call: Call
    allowance: Allowance


@dataclass(frozen=True, slots=True)
class CommitAt:
    """A commit as seen in one repository."""

    repository: Repository
    oid: str


@dataclass(frozen=True, slots=True)
class RefAt:
    """A branch with its tip."""

    name: str
    target: CommitAt
    prefix: str = HEADS


def user(call: Call, number: int | None) -> Account | None:
    """The account with this number, if there is a number."""
    return None if number is None else account_by_id(call.db, number)


def commit(call: Call, at: CommitAt) -> Commit:
    """The commit itself."""
    return repositories.bare(call.site, at.repository).commits([at.oid])[0].commit


def rate_limit(_call: Call, allowance: Allowance, **_: object) -> Json:
    """What is left of this hour."""
    reset = datetime.fromtimestamp(allowance.reset, UTC)
    return {
        "cost": 1,
        "limit": allowance.limit,
        "remaining": allowance.remaining,
        "used": allowance.used,
        "resetAt": reset.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def repository(call: Call, _: object, *, owner: str, name: str, **_more: object) -> Repository:
    """The repository of that name, its pull requests brought up to date."""
    found = repositories.find(call.site, call.db, owner, name)
    if found is None:
        said = f"Could not resolve to a Repository with the name '{owner}/{name}'."
        raise Refusal(404, said)
    reconcile(call.site, call.db, found)
    return found


def set_draft(call: Call, given: dict[str, str], *, draft: bool) -> Json:
    """Make a pull request a draft, or ready; for its author and those who may write."""
    pull = named_pull(call, given["pullRequestId"])
    call.insist(repositories.by_id(call.db, pull.repository))
    pulls.may_change(call.db, pull, call.user)
    if not pull.is_open:
        raise Refusal(422, "Pull request is closed.")
    changed = pulls.set_draft(call.site, call.db, pull, draft=draft)
    return {"pullRequest": changed, "clientMutationId": given.get("clientMutationId")}


def named_pull(call: Call, given: str) -> Pull:
    """The pull request with this global id, brought up to date."""
    pull = call.db.one(Pull, "SELECT * FROM pulls WHERE id = ?", row_of(given, "PR"))
    if pull is None:
        raise unknown_node(given)
    reconcile(call.site, call.db, repositories.by_id(call.db, pull.repository))
    return pulls.again(call.db, pull)


def row_of(given: str, letters: str) -> int:
    """The row that a global id with these letters names; 0, which is none's, for anything else."""
    kind, _, number = given.rpartition("_")
    known = kind == letters and number.isascii() and number.isdigit() and len(number) < 16
    return int(number) if known else 0


def unknown_node(given: str) -> Refusal:
    """What GitHub says of a global id that names nothing."""
    return Refusal(404, f"Could not resolve to a node with the global id of '{given}'")


def default_branch(call: Call, repository: Repository) -> RefAt | None:
    """The branch that HEAD names; None while it has no commit."""
    name = repositories.bare(call.site, repository).default_branch()
    return ref(call, repository, qualifiedName=name)


def ref(call: Call, repository: Repository, **args: str) -> RefAt | None:
    """A branch; None when there is none."""
    name = args["qualifiedName"].removeprefix(HEADS)
    oid = repositories.bare(call.site, repository).branch(name)
    return None if oid is None else RefAt(name, CommitAt(repository, oid))


def pull(call: Call, repository: Repository, *, number: int) -> Pull:
    """The pull request with this number."""
    try:
        return pulls.get(call.db, repository, number)
    except Refusal as exc:
        said = f"Could not resolve to a PullRequest with the number of {number}."
        raise Refusal(404, said) from exc


def pull_list(call: Call, repository: Repository, **args: Any) -> Json:  # noqa: ANN401 - the schema has typed them
    """The pull requests that fit, oldest first."""
    head, base, states = (args.pop(x, None) for x in ("headRefName", "baseRefName", "states"))
    sql = "SELECT * FROM pulls WHERE repository = ? ORDER BY id"
    found = [
        pull
        for pull in call.db.all(Pull, sql, repository.id)
        if head in (None, pull.head_ref)
        and base in (None, pull.base_ref)
        and (states is None or state(call, pull) in states)
    ]
    return connection(found, **args)


def state(_: Call, pull: Pull) -> str:
    """Open, closed or merged."""
    if pull.merged_at is not None:
        return "MERGED"
    return "OPEN" if pull.is_open else "CLOSED"


def mergeable(call: Call, pull: Pull) -> str:
    """Whether it can be merged; unknown once it is closed."""
    if not pull.is_open:
        return "UNKNOWN"
    return "CONFLICTING" if conflicts(tested(call.site, call.db, pull)) else "MERGEABLE"


def review_decision(call: Call, pull: Pull) -> str | None:
    """What its reviews amount to under the rules of its base."""
    rules = all_rules(call.site, call.db, base(call, pull), pull.base_ref)
    return decision(opinions(call.db, pull), rules.approvals if rules else None)


def base(call: Call, pull: Pull) -> Repository:
    """The repository it is for."""
    return repositories.by_id(call.db, pull.repository)


def head_repository(call: Call, pull: Pull) -> Repository | None:
    """Where its head lives; None when that is gone."""
    found = repositories.by_id(call.db, pull.head_repository)
    return found if repositories.path_of(call.site, found).is_dir() else None


def head_owner(call: Call, pull: Pull) -> Account:
    """Whose repository its head lives in."""
    return repositories.owner_of(call.db, repositories.by_id(call.db, pull.head_repository))


def merge_commit(call: Call, pull: Pull) -> CommitAt | None:
    """The commit by which it came in."""
    return None if pull.merge_commit is None else CommitAt(base(call, pull), pull.merge_commit)


def commits(call: Call, pull: Pull, **window: Any) -> Json:  # noqa: ANN401 - the schema has typed them
    """Its commits, oldest first."""
    home = base(call, pull)
    oids = repositories.bare(call.site, home).ids_between(pull.base, pull.head)
    return connection([{"commit": CommitAt(home, oid)} for oid in oids], **window)


def comments(call: Call, pull: Pull, **window: Any) -> Json:  # noqa: ANN401 - the schema has typed them
    """The comments under it, oldest first."""
    sql = "SELECT * FROM comments WHERE pull = ? ORDER BY id"
    return connection(call.db.all(Comment, sql, pull.id), **window)


def labels(call: Call, pull: Pull, **window: Any) -> Json:  # noqa: ANN401 - the schema has typed them
    """Its labels."""
    sql = "SELECT * FROM labels WHERE pull = ? ORDER BY id"
    return connection(call.db.all(Label, sql, pull.id), **window)


def reviewed(call: Call, review: Review) -> CommitAt:
    """The commit a review is bound to."""
    sql = "SELECT repository FROM pulls WHERE id = ?"
    return CommitAt(repositories.by_id(call.db, call.db.number(sql, review.pull)), review.oid)


def rollup(call: Call, at: CommitAt) -> Json | None:
    """All reports on a commit taken together; None without any."""
    state = checks.rollup(call.db, at.repository, at.oid)
    return None if state is None else {"state": state.upper(), "at": at}


def contexts(call: Call, rollup: dict[str, CommitAt], **window: Any) -> Json:  # noqa: ANN401 - the schema has typed them
    """The newest report of each name."""
    at = rollup["at"]
    found: list[Status | CheckRun] = []
    found += checks.latest_runs(call.db, at.repository, at.oid)
    found += checks.latest_statuses(call.db, at.repository, at.oid)
    return connection(found, **window)


def check_suite(call: Call, run: CheckRun) -> Json:
    """What a check run is part of: its app, and for those of Actions its workflow run."""
    number = app_id(call.db, run.creator)
    return {
        "app": run.app and {"name": run.app, "slug": run.app, "databaseId": number},
        "workflowRun": run.event and {"event": run.event},
    }


def node(kind: str) -> Field:
    """The id by which GraphQL knows records of a kind."""
    return lambda _, parent: node_id(kind, parent.id)


def database_id(_: Call, parent: Numbered) -> int:
    """The number by which REST knows it."""
    return parent.id


def author(call: Call, parent: Pull | Review | ReviewComment | Comment) -> Account | None:
    """Who wrote it."""
    return user(call, parent.author)


def upper(_: Call, word: str | None) -> str | None:
    """A word of REST as GraphQL writes it."""
    return word and word.upper()
