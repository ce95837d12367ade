"""Which function answers which field of the GraphQL schema.

A field that is not listed here is the attribute or key of that name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from stacker.hub import pulls, repositories
from stacker.hub.auth import app_of
from stacker.hub.automerge import wanted
from stacker.hub.graph import readings, threads, timeline
from stacker.hub.graph.connection import connection
from stacker.hub.reviews import reviews
from stacker.hub.show.accounts import node_id
from stacker.hub.urls import Urls

if TYPE_CHECKING:
    from graphql import GraphQLObjectType, GraphQLResolveInfo, GraphQLSchema, GraphQLUnionType

    from stacker.hub.graph.readings import Context, Field


def attach(schema: GraphQLSchema) -> None:
    """Give the schema's fields the functions of this module."""
    for kind, fields in _FIELDS.items():
        known = cast("GraphQLObjectType", schema.type_map[kind]).fields
        for name, field in fields.items():
            known[name].resolve = _resolver(field)
    union = cast("GraphQLUnionType", schema.type_map["StatusCheckRollupContext"])
    union.resolve_type = lambda value, *_: type(value).__name__.replace("Status", "StatusContext")
    owners = cast("GraphQLUnionType", schema.type_map["RepositoryOwner"])
    owners.resolve_type = lambda *_: "User"
    actors = cast("GraphQLUnionType", schema.type_map["Actor"])
    actors.resolve_type = lambda who, *_: "Bot" if app_of(who.login) else "User"
    events = cast("GraphQLUnionType", schema.type_map["PullRequestTimelineItems"])
    events.resolve_type = lambda *_: "HeadRefForcePushedEvent"
    objects = cast("GraphQLUnionType", schema.type_map["GitObject"])
    objects.resolve_type = lambda *_: "Commit"  # no branch points to anything else


def _resolver(field: Field) -> Field:
    def resolve(parent: object, info: GraphQLResolveInfo[Context], **args: object) -> object:
        context = info.context
        # At the top there is no parent, but the hourly allowance is known.
        return field(context.call, context.allowance if parent is None else parent, **args)

    return resolve


_FIELDS: dict[str, dict[str, Field]] = {
    "Query": {
        "viewer": lambda call, _: call.user,
        "rateLimit": readings.rate_limit,
        "repository": readings.repository,
    },
    "Mutation": {
        "convertPullRequestToDraft": lambda call, _, **args: readings.set_draft(
            call, args["input"], draft=True
        ),
        "markPullRequestReadyForReview": lambda call, _, **args: readings.set_draft(
            call, args["input"], draft=False
        ),
        "resolveReviewThread": lambda call, _, **args: threads.resolve(call, args["input"]),
        "enablePullRequestAutoMerge": lambda call, _, **args: timeline.enable(call, args["input"]),
        "disablePullRequestAutoMerge": lambda call, _, **args: timeline.disable(
            call, args["input"]
        ),
    },
    "AutoMergeRequest": {
        "enabledAt": lambda _, asked: asked.created_at,
        "enabledBy": lambda call, asked: readings.user(call, asked.user),
        "mergeMethod": lambda _, asked: asked.method,
    },
    "HeadRefForcePushedEvent": {
        "id": readings.node("HRFPE"),
        "createdAt": lambda _, push: push.created_at,
        "beforeCommit": lambda call, push: timeline.commit(call, push, push.before),
        "afterCommit": lambda call, push: timeline.commit(call, push, push.after),
    },
    "User": {
        "id": readings.node("U"),
        "databaseId": readings.database_id,
        "url": lambda call, user: Urls(call.origin).page(user.login),
    },
    "Bot": {
        "id": readings.node("BOT"),
        "databaseId": readings.database_id,
        "login": lambda _, bot: app_of(bot.login),
        "url": lambda call, bot: Urls(call.origin).page("apps", app_of(bot.login) or ""),
    },
    "Repository": {
        "id": readings.node("R"),
        "databaseId": readings.database_id,
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
        "defaultBranchRef": readings.default_branch,
        "ref": readings.ref,
        "pullRequest": readings.pull,
        "pullRequests": readings.pull_list,
    },
    "PullRequest": {
        "id": readings.node("PR"),
        "databaseId": readings.database_id,
        "state": readings.state,
        "isDraft": lambda _, pull: pull.draft,
        "closed": lambda _, pull: not pull.is_open,
        "body": lambda _, pull: pull.body or "",
        "url": lambda call, pull: Urls(call.origin).page(
            readings.base(call, pull).full_name, "pull", pull.number
        ),
        "repository": readings.base,
        "isCrossRepository": lambda _, pull: pull.crosses,
        "headRefName": lambda _, pull: pull.head_ref,
        "headRefOid": lambda _, pull: pull.head,
        "baseRefName": lambda _, pull: pull.base_ref,
        "baseRefOid": lambda _, pull: pull.base,
        "baseRef": lambda call, pull: readings.ref(
            call, readings.base(call, pull), qualifiedName=pull.base_ref
        ),
        "headRepository": readings.head_repository,
        "headRepositoryOwner": readings.head_owner,
        "author": readings.author,
        "createdAt": lambda _, pull: pull.created_at,
        "updatedAt": lambda _, pull: pull.updated_at,
        "closedAt": lambda _, pull: pull.closed_at,
        "merged": lambda _, pull: pull.merged_at is not None,
        "mergedAt": lambda _, pull: pull.merged_at,
        "mergedBy": lambda call, pull: readings.user(call, pull.merged_by),
        "mergeCommit": readings.merge_commit,
        "mergeable": readings.mergeable,
        "reviewDecision": readings.review_decision,
        "maintainerCanModify": lambda _, pull: pull.maintainer_can_modify,
        "viewerCanUpdate": lambda call, pull: pulls.may_be_changed_by(call.db, pull, call.user),
        "reviews": lambda call, pull, **window: connection(reviews(call.db, pull), **window),
        "autoMergeRequest": lambda call, pull: wanted(call.db, pull),
        "isInMergeQueue": lambda *_: False,
        "timelineItems": timeline.items,
        "reviewThreads": threads.review_threads,
        "commits": readings.commits,
        "comments": readings.comments,
        "labels": readings.labels,
    },
    "PullRequestReview": {
        "id": readings.node("PRR"),
        "databaseId": readings.database_id,
        "author": readings.author,
        "commit": readings.reviewed,
        "submittedAt": lambda _, review: review.submitted_at,
    },
    "PullRequestReviewThread": {
        "id": lambda _, thread: node_id("PRRT", thread.first.id),
        "isResolved": lambda _, thread: thread.first.resolved_by is not None,
        "isOutdated": lambda _, thread: thread.line is None,
        "path": lambda _, thread: thread.first.path,
        "originalLine": lambda _, thread: thread.first.line,
        "diffSide": lambda _, thread: thread.first.side,
        "subjectType": lambda *_: "LINE",
        "resolvedBy": lambda call, thread: readings.user(call, thread.first.resolved_by),
        "viewerCanResolve": lambda call, thread: (
            thread.first.resolved_by is None
            and pulls.may_be_changed_by(call.db, thread.pull, call.user)
        ),
        "comments": threads.thread_comments,
    },
    "PullRequestReviewComment": {
        "id": readings.node("PRRC"),
        "databaseId": readings.database_id,
        "author": readings.author,
        "originalCommit": threads.original_commit,
        "originalLine": lambda _, comment: comment.line,
        "diffHunk": lambda _, comment: comment.hunk,
        "createdAt": lambda _, comment: comment.created_at,
        "url": threads.page,
    },
    "IssueComment": {
        "id": readings.node("IC"),
        "databaseId": readings.database_id,
        "author": readings.author,
        "viewerDidAuthor": lambda call, comment: call.user.id == comment.author,
        "createdAt": lambda _, comment: comment.created_at,
        "updatedAt": lambda _, comment: comment.updated_at,
    },
    "Label": {"id": readings.node("LA")},
    "Commit": {
        "messageHeadline": lambda call, at: readings.commit(call, at).subject,
        "message": lambda call, at: readings.commit(call, at).message.decode("utf-8", "replace"),
        "statusCheckRollup": readings.rollup,
    },
    "StatusCheckRollup": {"contexts": readings.contexts},
    "StatusContext": {
        "id": readings.node("SC"),
        "state": lambda call, status: readings.upper(call, status.state),
        "targetUrl": lambda _, status: status.target_url,
        "creator": lambda call, status: readings.user(call, status.creator),
        "createdAt": lambda _, status: status.created_at,
    },
    "CheckRun": {
        "id": readings.node("CR"),
        "databaseId": readings.database_id,
        "status": lambda call, run: readings.upper(call, run.status),
        "conclusion": lambda call, run: readings.upper(call, run.conclusion),
        "detailsUrl": lambda _, run: run.details_url,
        "startedAt": lambda _, run: run.started_at,
        "completedAt": lambda _, run: run.completed_at,
        "checkSuite": readings.check_suite,
    },
}
