"""Comments on lines of a pull request over REST."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.hub import pulls, threads
from stacker.hub.call import Answer, Refusal, invalid, not_found
from stacker.hub.records import Pull, ReviewComment
from stacker.hub.rest.access import git_side, listed
from stacker.hub.show.pulls import review_comment

if TYPE_CHECKING:
    from stacker.hub.call import Call, Json

_KIND = "PullRequestReviewComment"


def list_all(call: Call, number: int) -> Answer:
    """GET .../pulls/{number}/comments, oldest first."""
    pull = pulls.get(call.db, call.repository, number)
    return listed(call, threads.comments(call.db, pull), lambda each: _shown(call, pull, each))


def get(call: Call, comment: int) -> Answer:
    """GET .../pulls/comments/{comment}."""
    found = call.db.one(ReviewComment, "SELECT * FROM review_comments WHERE id = ?", comment)
    if found is None:
        raise not_found()
    sql = "SELECT * FROM pulls WHERE id = ? AND repository = ?"
    pull = call.db.one(Pull, sql, found.pull, call.repository.id)
    if pull is None:
        raise not_found()
    return Answer(_shown(call, pull, found))


def create(call: Call, number: int) -> Answer:
    """POST .../pulls/{number}/comments: on a line that the diff of `commit_id` shows."""
    body, pull = call.body, pulls.get(call.db, call.repository, number)
    if "in_reply_to" in body:
        return reply(call, number, body.number("in_reply_to", 0))
    path, side, line = body.text("path"), body.text("side", threads.RIGHT), body.number("line", 0)
    oid = body.text("commit_id")
    if side not in {threads.LEFT, threads.RIGHT}:
        raise invalid(_KIND, "side")
    bare = git_side(call)
    if bare.resolve(oid) != oid or not bare.contains(pull.head, oid):
        raise invalid(_KIND, "commit_id")
    hunk = None if "\0" in path else threads.hunk_of(bare, pull, oid, (path, side, line))
    if hunk is None:
        raise _off_the_diff()
    text = _text(call)
    row = call.db.insert(
        "reviews", pull=pull.id, author=call.user.id, state="COMMENTED", body="", oid=oid,
        submitted_at=call.now,
    )  # fmt: skip
    made = ReviewComment(
        id=0, pull=pull.id, review=row, author=call.user.id, body=text, path=path, side=side,
        line=line, oid=oid, hunk=hunk, reply_to=None, resolved_by=None, created_at=call.now,
        updated_at=call.now,
    )  # fmt: skip
    return _made(call, pull, made)


def reply(call: Call, number: int, comment: int) -> Answer:
    """POST .../pulls/{number}/comments/{comment}/replies: to the first of a thread."""
    pull = pulls.get(call.db, call.repository, number)
    found = [each for each in threads.comments(call.db, pull) if each.id == comment]
    if not found or found[0].reply_to is not None:
        raise not_found()
    [first] = found
    made = ReviewComment(
        id=0, pull=pull.id, review=first.review, author=call.user.id, body=_text(call),
        path=first.path, side=first.side, line=first.line, oid=first.oid, hunk=first.hunk,
        reply_to=first.id, resolved_by=None, created_at=call.now, updated_at=call.now,
    )  # fmt: skip
    return _made(call, pull, made)


def _made(call: Call, pull: Pull, made: ReviewComment) -> Answer:
    values = {name: getattr(made, name) for name in ReviewComment.__slots__ if name != "id"}
    row = call.db.insert("review_comments", **values)
    [found] = [each for each in threads.comments(call.db, pull) if each.id == row]
    return Answer(_shown(call, pull, found), 201)


def _shown(call: Call, pull: Pull, each: ReviewComment) -> Json:
    return review_comment(call, pull, each, threads.line_now(git_side(call), pull, each))


def _text(call: Call) -> str:
    text = call.body.text("body")
    if not text.strip():
        raise invalid(_KIND, "body", "missing_field")
    return text


def _off_the_diff() -> Refusal:
    field = "pull_request_review_thread.line"
    said = f"{field} must be part of the diff"
    error: Json = {"resource": _KIND, "code": "custom", "field": field, "message": said}
    return Refusal(422, "Validation Failed", error)
