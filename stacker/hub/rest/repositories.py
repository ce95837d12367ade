"""Repositories, forks and collaborators over REST."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.hub import repositories
from stacker.hub.auth import account
from stacker.hub.call import Answer, invalid, not_found
from stacker.hub.records import Account, Right
from stacker.hub.rest.access import git_side, listed, require
from stacker.hub.show import accounts
from stacker.hub.show.repositories import full
from stacker.hub.urls import Urls

if TYPE_CHECKING:
    from stacker.hub.call import Call

_RIGHTS = {"pull": Right.READ, "push": Right.WRITE} | {right.word: right for right in Right}


def get(call: Call) -> Answer:
    """GET /repos/{owner}/{repo}."""
    return Answer(full(call, call.repository))


def change(call: Call) -> Answer:
    """PATCH /repos/{owner}/{repo}: merge methods and the default branch; for admins."""
    require(call, Right.ADMIN)
    repository, body = call.repository, call.body
    if "default_branch" in body:
        name = body.text("default_branch")
        if git_side(call).branch(name) is None:
            raise invalid("Repository", "default_branch")
        git_side(call).set_default_branch(name)
    flags = (
        body.flag("allow_merge_commit", default=repository.allow_merge),
        body.flag("allow_squash_merge", default=repository.allow_squash),
        body.flag("allow_rebase_merge", default=repository.allow_rebase),
    )
    if not any(flags):
        raise invalid("Repository", "merge_commit_allowed")
    call.db.run(
        "UPDATE repositories SET allow_merge = ?, allow_squash = ?, allow_rebase = ? WHERE id = ?",
        *flags,
        repository.id,
    )
    return Answer(full(call, repositories.by_id(call.db, repository.id)))


def fork(call: Call) -> Answer:
    """POST /repos/{owner}/{repo}/forks: a full copy below the caller."""
    name = call.body.text("name", call.repository.name)
    forked = repositories.fork(call.site, call.db, call.repository, call.user, name)
    return Answer(full(call, forked), 202)


def list_collaborators(call: Call) -> Answer:
    """GET /repos/{owner}/{repo}/collaborators: for those who may write."""
    require(call, Right.WRITE)
    sql = (
        "SELECT * FROM users WHERE id = ? OR id IN"
        " (SELECT user FROM collaborators WHERE repository = ?) ORDER BY id"
    )
    found = call.db.all(Account, sql, call.repository.owner, call.repository.id)
    urls = Urls(call.origin)

    def right(each: Account) -> Right:
        return repositories.right(call.db, call.repository, each)

    return listed(call, found, lambda each: accounts.collaborator(urls, each, right(each)))


def is_collaborator(call: Call, login: str) -> Answer:
    """GET .../collaborators/{login}: 204 or 404."""
    require(call, Right.WRITE)
    found = _account(call, login)
    if found.id != call.repository.owner and not _invited(call, found):
        raise not_found()
    return Answer(status=204)


def invite(call: Call, login: str) -> Answer:
    """PUT .../collaborators/{login}: the right holds at once; for admins."""
    require(call, Right.ADMIN)
    found, word = _account(call, login), call.body.text("permission", "push")
    if word not in _RIGHTS or found.id == call.repository.owner:
        raise invalid("Repository", "permission")
    _uninvite(call, found)
    call.db.insert(
        "collaborators",
        repository=call.repository.id,
        user=found.id,
        permission=_RIGHTS[word].word,
    )
    return Answer(status=204)


def uninvite(call: Call, login: str) -> Answer:
    """DELETE .../collaborators/{login}; for admins."""
    require(call, Right.ADMIN)
    _uninvite(call, _account(call, login))
    return Answer(status=204)


def permission(call: Call, login: str) -> Answer:
    """GET .../collaborators/{login}/permission."""
    found = _account(call, login)
    right = repositories.right(call.db, call.repository, found)
    return Answer(accounts.permission(Urls(call.origin), found, right))


def _account(call: Call, login: str) -> Account:
    found = account(call.db, login)
    if found is None:
        raise not_found()
    return found


def _invited(call: Call, user: Account) -> bool:
    sql = "SELECT count(*) FROM collaborators WHERE repository = ? AND user = ?"
    return call.db.number(sql, call.repository.id, user.id) > 0


def _uninvite(call: Call, user: Account) -> None:
    sql = "DELETE FROM collaborators WHERE repository = ? AND user = ?"
    call.db.run(sql, call.repository.id, user.id)
