"""Review threads in GraphQL: read, and resolved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stacker.hub import pulls, repositories, threads
from stacker.hub.graph.connection import connection
from stacker.hub.graph.readings import CommitAt, row_of, unknown_node
from stacker.hub.records import Pull, ReviewComment
from stacker.hub.show.pulls import review_comment_urls

if TYPE_CHECKING:
    from stacker.hub.call import Call, Json
    from stacker.hub.threads import Thread


def review_threads(call: Call, pull: Pull, **window: Any) -> Json:  # noqa: ANN401 - the schema has typed them
    """The threads of a pull request, oldest first."""
    return connection(threads.threads(call.site, call.db, pull), **window)


def resolve(call: Call, given: dict[str, str]) -> Json:
    """Resolve a thread: for the author of the pull request and those who may write."""
    sql = "SELECT * FROM review_comments WHERE id = ? AND reply_to IS NULL"
    first = call.db.one(ReviewComment, sql, row_of(given["threadId"], "PRRT"))
    if first is None:
        raise unknown_node(given["threadId"])
    pull = _pull_of(call, first)
    call.insist(repositories.by_id(call.db, pull.repository))
    pulls.may_change(call.db, pull, call.user)
    sql = "UPDATE review_comments SET resolved_by = ? WHERE id = ?"
    call.db.run(sql, call.user.id, first.id)
    [thread] = [
        each for each in threads.threads(call.site, call.db, pull) if each.first.id == first.id
    ]
    return {"thread": thread, "clientMutationId": given.get("clientMutationId")}


def thread_comments(_: Call, thread: Thread, **window: Any) -> Json:  # noqa: ANN401 - as above
    """What was said in a thread, oldest first."""
    return connection(thread.comments, **window)


def original_commit(call: Call, comment: ReviewComment) -> CommitAt:
    """The commit that was the head when the comment was made."""
    pull = _pull_of(call, comment)
    return CommitAt(repositories.by_id(call.db, pull.repository), comment.oid)


def page(call: Call, comment: ReviewComment) -> str:
    """Where people see a comment."""
    return review_comment_urls(call, _pull_of(call, comment), comment)[1]


def _pull_of(call: Call, comment: ReviewComment) -> Pull:
    found = call.db.one(Pull, "SELECT * FROM pulls WHERE id = ?", comment.pull)
    if found is None:
        raise LookupError(f"no pull request {comment.pull}")
    return found
