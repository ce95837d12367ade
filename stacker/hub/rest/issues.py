"""Comments and labels over REST; on this hub every issue is a pull request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.hub import pulls, repositories
from stacker.hub.call import BARE_LIST, Answer, invalid, needs_admin, not_found
from stacker.hub.records import Comment, Pull, Right
from stacker.hub.rest.access import listed, require
from stacker.hub.show.pulls import comment, label, labels_of

if TYPE_CHECKING:
    from stacker.hub.call import Call


def list_comments(call: Call, number: int) -> Answer:
    """GET .../issues/{number}/comments, oldest first."""
    pull = pulls.get(call.db, call.repository, number)
    sql = "SELECT * FROM comments WHERE pull = ? ORDER BY id"
    found = call.db.all(Comment, sql, pull.id)
    return listed(call, found, lambda each: comment(call, pull, each))


def create_comment(call: Call, number: int) -> Answer:
    """POST .../issues/{number}/comments."""
    user, pull = call.user, pulls.get(call.db, call.repository, number)
    row = call.db.insert(
        "comments",
        pull=pull.id,
        author=user.id,
        body=_text(call),
        created_at=call.now,
        updated_at=call.now,
    )
    return Answer(comment(call, pull, _comment(call, row)[0]), 201)


def get_comment(call: Call, number: int) -> Answer:
    """GET .../issues/comments/{number}."""
    found, pull = _comment(call, number)
    return Answer(comment(call, pull, found))


def edit_comment(call: Call, number: int) -> Answer:
    """PATCH .../issues/comments/{number}: for its author and those who may write."""
    _mine(call, number)
    sql = "UPDATE comments SET body = ?, updated_at = ? WHERE id = ?"
    call.db.run(sql, _text(call), call.now, number)
    return get_comment(call, number)


def delete_comment(call: Call, number: int) -> Answer:
    """DELETE .../issues/comments/{number}: for its author and those who may write."""
    _mine(call, number)
    call.db.run("DELETE FROM comments WHERE id = ?", number)
    return Answer(status=204)


def list_labels(call: Call, number: int) -> Answer:
    """GET .../issues/{number}/labels."""
    return _labels(call, pulls.get(call.db, call.repository, number))


def add_labels(call: Call, number: int) -> Answer:
    """POST .../issues/{number}/labels: for those who may write."""
    require(call, Right.WRITE)
    pull = pulls.get(call.db, call.repository, number)
    for name in (*call.body.texts("labels"), *call.body.texts(BARE_LIST)):
        if not name.strip():
            raise invalid("Label", "name")
        sql = "INSERT INTO labels (pull, name) VALUES (?, ?) ON CONFLICT DO NOTHING"
        call.db.run(sql, pull.id, name)
    return _labels(call, pull)


def remove_label(call: Call, number: int, name: str) -> Answer:
    """DELETE .../issues/{number}/labels/{name}: for those who may write."""
    require(call, Right.WRITE)
    pull = pulls.get(call.db, call.repository, number)
    if not call.db.run("DELETE FROM labels WHERE pull = ? AND name = ?", pull.id, name):
        raise not_found()
    return _labels(call, pull)


def _labels(call: Call, pull: Pull) -> Answer:
    return listed(call, labels_of(call, pull), lambda each: label(call, call.repository, each))


def _text(call: Call) -> str:
    text = call.body.text("body")
    if not text.strip():
        raise invalid("IssueComment", "body", "missing_field")
    return text


def _comment(call: Call, number: int) -> tuple[Comment, Pull]:
    found = call.db.one(Comment, "SELECT * FROM comments WHERE id = ?", number)
    sql = "SELECT * FROM pulls WHERE id = ? AND repository = ?"
    if found is None:
        raise not_found()
    pull = call.db.one(Pull, sql, found.pull, call.repository.id)
    if pull is None:
        raise not_found()
    return found, pull


def _mine(call: Call, number: int) -> None:
    user, (found, _) = call.user, _comment(call, number)
    right = repositories.right(call.db, call.repository, user)
    if user.id != found.author and right < Right.WRITE:
        raise needs_admin()
