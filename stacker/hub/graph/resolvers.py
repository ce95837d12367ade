"""What each field of the GraphQL schema says, read from the hub's records.

A field that is not listed here is the attribute or key of that name.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

from stacker.hub import checks, pulls, repositories
from stacker.hub.auth import account_by_id
from stacker.hub.bare import HEADS
from stacker.hub.call import Refusal
from stacker.hub.graph.connection import connection
from stacker.hub.mergeability import conflicts, tested
from stacker.hub.protection import rules_for
from stacker.hub.reconcile import reconcile
from stacker.hub.records import Account, CheckRun, Comment, Label, Pull, Repository, Review, Status
from stacker.hub.reviews import decision, opinions, reviews
from stacker.hub.show.accounts import node_id
from stacker.hub.urls import Urls

if TYPE_CHECKING:
    from collections.abc import Callable

    from graphql import GraphQLObjectType, GraphQLResolveInfo, GraphQLSchema, GraphQLUnionType

    from stacker.git.objects import Commit
    from stacker.hub.call import Call, Json
    from stacker.hub.limits import Allowance

    # A field's function gets the call, the parent object and the field's arguments by name.
    Field = Callable[..., Any]
    Numbered = Account | Repository | Pull | Review | Comment | Label | CheckRun


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


def attach(schema: GraphQLSchema) -> None:
    """Give the schema's fields the functions of this module."""
    for kind, fields in _FIELDS.items():
        known = cast("GraphQLObjectType", schema.type_map[kind]).fields
        for name, field in fields.items():
            known[name].resolve = _resolver(field)
    union = cast("GraphQLUnionType", schema.type_map["StatusCheckRollupContext"])
    union.resolve_type = lambda value, *_: type(value).__name__.replace("Status", "StatusContext")
    for kind in ("Actor", "RepositoryOwner"):
        cast("GraphQLUnionType", schema.type_map[kind]).resolve_type = lambda *_: "User"


def _resolver(field: Field) -> Field:
    def resolve(parent: object, info: GraphQLResolveInfo[Context], **args: object) -> object:
        context = info.context
        # At the top there is no parent, but the hourly allowance is known.
        return field(context.call, context.allowance if parent is None else parent, **args)

    return resolve


def _user(call: Call, number: int | None) -> Account | None:
    return None if number is None else account_by_id(call.db, number)


def _commit(call: Call, at: CommitAt) -> Commit:
    return repositories.bare(call.site, at.repository).commits([at.oid])[0].commit


def _rate_limit(_call: Call, allowance: Allowance, **_: object) -> Json:
    reset = datetime.fromtimestamp(allowance.reset, UTC)
    return {
        "cost": 1,
        "limit": allowance.limit,
        "remaining": allowance.remaining,
        "used": allowance.used,
        "resetAt": reset.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def _repository(call: Call, _: object, *, owner: str, name: str, **_more: object) -> Repository:
    found = repositories.find(call.site, call.db, owner, name)
    if found is None:
        said = f"Could not resolve to a Repository with the name '{owner}/{name}'."
        raise Refusal(404, said)
    reconcile(call.site, call.db, found)
    return found


def _set_draft(call: Call, given: dict[str, str], *, draft: bool) -> Json:
    kind, _, number = given["pullRequestId"].rpartition("_")
    known = kind == "PR" and number.isascii() and number.isdigit() and len(number) < 16
    sql = "SELECT * FROM pulls WHERE id = ?"
    pull = call.db.one(Pull, sql, int(number)) if known else None
    if pull is None:
        said = f"Could not resolve to a node with the global id of '{given['pullRequestId']}'"
        raise Refusal(404, said)
    reconcile(call.site, call.db, repositories.by_id(call.db, pull.repository))
    pull = pulls.again(call.db, pull)
    pulls.may_change(call.db, pull, call.user)
    if not pull.is_open:
        raise Refusal(422, "Pull request is closed.")
    changed = pulls.set_draft(call.site, call.db, pull, draft=draft)
    return {"pullRequest": changed, "clientMutationId": given.get("clientMutationId")}


def _default_branch(call: Call, repository: Repository) -> RefAt | None:
    name = repositories.bare(call.site, repository).default_branch()
    return _ref(call, repository, qualifiedName=name)


def _ref(call: Call, repository: Repository, **args: str) -> RefAt | None:
    name = args["qualifiedName"].removeprefix(HEADS)
    oid = repositories.bare(call.site, repository).branch(name)
    return None if oid is None else RefAt(name, CommitAt(repository, oid))


def _pull(call: Call, repository: Repository, *, number: int) -> Pull:
    try:
        return pulls.get(call.db, repository, number)
    except Refusal as exc:
        said = f"Could not resolve to a PullRequest with the number of {number}."
        raise Refusal(404, said) from exc


def _pulls(call: Call, repository: Repository, **args: Any) -> Json:  # noqa: ANN401 - the schema has typed them
    head, base, states = (args.pop(x, None) for x in ("headRefName", "baseRefName", "states"))
    sql = "SELECT * FROM pulls WHERE repository = ? ORDER BY id"
    found = [
        pull
        for pull in call.db.all(Pull, sql, repository.id)
        if head in (None, pull.head_ref)
        and base in (None, pull.base_ref)
        and (states is None or _state(call, pull) in states)
    ]
    return connection(found, **args)


def _state(_: Call, pull: Pull) -> str:
    if pull.merged_at is not None:
        return "MERGED"
    return "OPEN" if pull.is_open else "CLOSED"


def _mergeable(call: Call, pull: Pull) -> str:
    if not pull.is_open:
        return "UNKNOWN"
    return "CONFLICTING" if conflicts(tested(call.site, call.db, pull)) else "MERGEABLE"


def _decision(call: Call, pull: Pull) -> str | None:
    rules = rules_for(call.db, _base(call, pull), pull.base_ref)
    return decision(opinions(call.db, pull), rules.approvals if rules else None)


def _base(call: Call, pull: Pull) -> Repository:
    return repositories.by_id(call.db, pull.repository)


def _head_repository(call: Call, pull: Pull) -> Repository | None:
    found = repositories.by_id(call.db, pull.head_repository)
    return found if repositories.path_of(call.site, found).is_dir() else None


def _head_owner(call: Call, pull: Pull) -> Account:
    return repositories.owner_of(call.db, repositories.by_id(call.db, pull.head_repository))


def _merge_commit(call: Call, pull: Pull) -> CommitAt | None:
    return None if pull.merge_commit is None else CommitAt(_base(call, pull), pull.merge_commit)


def _commits(call: Call, pull: Pull, **window: Any) -> Json:  # noqa: ANN401 - the schema has typed them
    base = _base(call, pull)
    oids = repositories.bare(call.site, base).ids_between(pull.base, pull.head)
    return connection([{"commit": CommitAt(base, oid)} for oid in oids], **window)


def _comments(call: Call, pull: Pull, **window: Any) -> Json:  # noqa: ANN401 - the schema has typed them
    sql = "SELECT * FROM comments WHERE pull = ? ORDER BY id"
    return connection(call.db.all(Comment, sql, pull.id), **window)


def _labels(call: Call, pull: Pull, **window: Any) -> Json:  # noqa: ANN401 - the schema has typed them
    sql = "SELECT * FROM labels WHERE pull = ? ORDER BY id"
    return connection(call.db.all(Label, sql, pull.id), **window)


def _reviewed(call: Call, review: Review) -> CommitAt:
    sql = "SELECT repository FROM pulls WHERE id = ?"
    return CommitAt(repositories.by_id(call.db, call.db.number(sql, review.pull)), review.oid)


def _rollup(call: Call, at: CommitAt) -> Json | None:
    state = checks.rollup(call.db, at.repository, at.oid)
    return None if state is None else {"state": state.upper(), "at": at}


def _contexts(call: Call, rollup: dict[str, CommitAt], **window: Any) -> Json:  # noqa: ANN401 - the schema has typed them
    at = rollup["at"]
    found: list[Status | CheckRun] = []
    found += checks.latest_runs(call.db, at.repository, at.oid)
    found += checks.latest_statuses(call.db, at.repository, at.oid)
    return connection(found, **window)


def _id(kind: str) -> Field:
    return lambda _, parent: node_id(kind, parent.id)


def _database_id(_: Call, parent: Numbered) -> int:
    return parent.id


def _author(call: Call, parent: Pull | Review | Comment) -> Account | None:
    return _user(call, parent.author)


def _upper(_: Call, word: str | None) -> str | None:
    return word and word.upper()


_FIELDS: dict[str, dict[str, Field]] = {
    "Query": {
        "viewer": lambda call, _: call.user,
        "rateLimit": _rate_limit,
        "repository": _repository,
    },
    "Mutation": {
        "convertPullRequestToDraft": lambda call, _, **args: _set_draft(
            call, args["input"], draft=True
        ),
        "markPullRequestReadyForReview": lambda call, _, **args: _set_draft(
            call, args["input"], draft=False
        ),
    },
    "User": {
        "id": _id("U"),
        "databaseId": _database_id,
        "url": lambda call, user: Urls(call.origin).page(user.login),
    },
    "Repository": {
        "id": _id("R"),
        "databaseId": _database_id,
        "nameWithOwner": lambda _, repository: repository.full_name,
        "owner": lambda call, repository: repositories.owner_of(call.db, repository),
        "url": lambda call, repository: Urls(call.origin).page(repository.full_name),
        "isFork": lambda _, repository: repository.parent is not None,
        "parent": lambda call, repository: (
            repository.parent and repositories.by_id(call.db, repository.parent)
        ),
        "viewerPermission": lambda call, repository: (
            repositories.right(call.db, repository, call.asker).name
        ),
        "mergeCommitAllowed": lambda _, repository: repository.allow_merge,
        "squashMergeAllowed": lambda _, repository: repository.allow_squash,
        "rebaseMergeAllowed": lambda _, repository: repository.allow_rebase,
        "defaultBranchRef": _default_branch,
        "ref": _ref,
        "pullRequest": _pull,
        "pullRequests": _pulls,
    },
    "PullRequest": {
        "id": _id("PR"),
        "databaseId": _database_id,
        "state": _state,
        "isDraft": lambda _, pull: pull.draft,
        "closed": lambda _, pull: not pull.is_open,
        "body": lambda _, pull: pull.body or "",
        "url": lambda call, pull: Urls(call.origin).page(
            _base(call, pull).full_name, "pull", pull.number
        ),
        "repository": _base,
        "isCrossRepository": lambda _, pull: pull.crosses,
        "headRefName": lambda _, pull: pull.head_ref,
        "headRefOid": lambda _, pull: pull.head,
        "baseRefName": lambda _, pull: pull.base_ref,
        "baseRefOid": lambda _, pull: pull.base,
        "headRepository": _head_repository,
        "headRepositoryOwner": _head_owner,
        "author": _author,
        "createdAt": lambda _, pull: pull.created_at,
        "updatedAt": lambda _, pull: pull.updated_at,
        "closedAt": lambda _, pull: pull.closed_at,
        "merged": lambda _, pull: pull.merged_at is not None,
        "mergedAt": lambda _, pull: pull.merged_at,
        "mergedBy": lambda call, pull: _user(call, pull.merged_by),
        "mergeCommit": _merge_commit,
        "mergeable": _mergeable,
        "reviewDecision": _decision,
        "maintainerCanModify": lambda _, pull: pull.maintainer_can_modify,
        "reviews": lambda call, pull, **window: connection(reviews(call.db, pull), **window),
        "commits": _commits,
        "comments": _comments,
        "labels": _labels,
    },
    "PullRequestReview": {
        "id": _id("PRR"),
        "databaseId": _database_id,
        "author": _author,
        "commit": _reviewed,
        "submittedAt": lambda _, review: review.submitted_at,
    },
    "IssueComment": {
        "id": _id("IC"),
        "databaseId": _database_id,
        "author": _author,
        "createdAt": lambda _, comment: comment.created_at,
        "updatedAt": lambda _, comment: comment.updated_at,
    },
    "Label": {"id": _id("LA")},
    "Commit": {
        "messageHeadline": lambda call, at: _commit(call, at).subject,
        "message": lambda call, at: _commit(call, at).message.decode("utf-8", "replace"),
        "statusCheckRollup": _rollup,
    },
    "StatusCheckRollup": {"contexts": _contexts},
    "StatusContext": {
        "id": _id("SC"),
        "state": lambda call, status: _upper(call, status.state),
        "targetUrl": lambda _, status: status.target_url,
        "creator": lambda call, status: _user(call, status.creator),
        "createdAt": lambda _, status: status.created_at,
    },
    "CheckRun": {
        "id": _id("CR"),
        "databaseId": _database_id,
        "status": lambda call, run: _upper(call, run.status),
        "conclusion": lambda call, run: _upper(call, run.conclusion),
        "detailsUrl": lambda _, run: run.details_url,
    },
}
