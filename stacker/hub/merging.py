"""Merging a pull request: what is asked, what forbids it, and the commits that do it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, assert_never

from stacker.git.objects import Commit, Oid, Signature
from stacker.hub import repositories
from stacker.hub.auth import account_by_id
from stacker.hub.bare import GITHUB, HEADS
from stacker.hub.binding import binding
from stacker.hub.call import Refusal, invalid
from stacker.hub.mergeability import conflicts, noreply, obstacles, signature, tested
from stacker.hub.pulls import again
from stacker.hub.reconcile import reconcile

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stacker.hub.bare import Bare, Found
    from stacker.hub.call import Body, Site
    from stacker.hub.records import Account, Pull
    from stacker.hub.state import Database


class Method(StrEnum):
    """GitHub's three ways to merge."""

    MERGE = "merge"
    SQUASH = "squash"
    REBASE = "rebase"


_NOT_ALLOWED = {
    Method.MERGE: "Merge commits are not allowed on this repository.",
    Method.SQUASH: "Squash merges are not allowed on this repository.",
    Method.REBASE: "Rebase merges are not allowed on this repository.",
}


@dataclass(frozen=True, slots=True)
class Request:
    """A merge as asked for; None: GitHub's own title and message."""

    method: Method
    sha: str | None
    title: str | None
    message: str | None


def parse(body: Body) -> Request:
    """The merge that a request's body asks for."""
    word = body.text("merge_method", "merge")
    if word not in list(Method):
        raise invalid("PullRequest", "merge_method")
    texts = (
        body.text(name) if name in body else None for name in ("commit_title", "commit_message")
    )
    title, message = texts
    return Request(Method(word), body.text("sha") if "sha" in body else None, title, message)


def merge(site: Site, db: Database, pull: Pull, merger: Account, request: Request) -> str:
    """Merge a pull request and return the new tip of its base; 405 and 409 as on GitHub.

    The intent is committed before the base moves, and the pull request becomes merged because
    its commit is found there: a server that dies in between leaves nothing half done.
    """
    repository = repositories.by_id(db, pull.repository)
    bare = repositories.bare(site, repository)
    with db.writing():
        pull = tested(site, db, again(db, pull))
        _refuse(site, db, pull, merger=merger, request=request)
        tip = _build(site, db, pull, merger=merger, request=request)
        sql = "INSERT OR REPLACE INTO intents (pull, oid, user) VALUES (?, ?, ?)"
        db.run(sql, pull.id, tip, merger.id)
    if not bare.move(HEADS + pull.base_ref, tip, pull.base):
        raise Refusal(405, "Base branch was modified. Review and try the merge again.")
    reconcile(site, db, repository, merger)
    return tip


def _refuse(site: Site, db: Database, pull: Pull, *, merger: Account, request: Request) -> None:
    repository = repositories.by_id(db, pull.repository)
    if not pull.is_open:
        raise Refusal(405, "Pull Request is not mergeable")
    if pull.draft:
        raise Refusal(405, "Pull Request is still a draft")
    if request.sha is not None and request.sha != pull.head:
        raise Refusal(409, "Head branch was modified. Review and try the merge again.")
    allowed = {
        Method.MERGE: repository.allow_merge,
        Method.SQUASH: repository.allow_squash,
        Method.REBASE: repository.allow_rebase,
    }
    if not allowed[request.method]:
        raise Refusal(405, _NOT_ALLOWED[request.method])
    if conflicts(pull):
        raise Refusal(405, "Pull Request is not mergeable")
    rules = binding(site, db, repository, pull.base_ref, merger, pushing=False)
    reasons = list(obstacles(site, db, pull, rules))
    if rules is not None and rules.linear and request.method is Method.MERGE:
        reasons.append("This branch must not contain merge commits.")
    if rules is not None and rules.methods is not None and request.method not in rules.methods:
        reasons.append(_NOT_ALLOWED[request.method])
    if reasons:
        raise Refusal(405, "\n".join(reasons))


def _build(site: Site, db: Database, pull: Pull, *, merger: Account, request: Request) -> str:
    bare = repositories.bare(site, repositories.by_id(db, pull.repository))
    committer = signature(site, *GITHUB)
    match request.method:
        case Method.MERGE:
            tree, parents = _tree(bare, pull), (Oid(pull.base), Oid(pull.head))
            author = signature(site, *noreply(merger.login))
            message = _merge_message(db, pull, request)
            return bare.write(Commit(tree, parents, author, committer, message))
        case Method.SQUASH:
            picked = bare.between(pull.base, pull.head)
            writer = _squash_author(site, db, pull, picked)
            message = _squash_message(pull, picked, writer, request)
            tree, parent = _tree(bare, pull), (Oid(pull.base),)
            return bare.write(Commit(tree, parent, writer, committer, message))
        case Method.REBASE:
            tip = bare.replay(pull.base, pull.head, committer)
            if tip is None or tip == pull.base:  # a conflict, or nothing but merges
                raise Refusal(405, "This branch can't be rebased")
            return tip
        case _:
            assert_never(request.method)


def _tree(bare: Bare, pull: Pull) -> Oid:
    return bare.commits([pull.test_merge or ""])[0].commit.tree


def _merge_message(db: Database, pull: Pull, request: Request) -> bytes:
    owner = repositories.by_id(db, pull.head_repository).owner_login
    title = request.title or f"Merge pull request #{pull.number} from {owner}/{pull.head_ref}"
    return _message(title, pull.title if request.message is None else request.message)


def _squash_author(site: Site, db: Database, pull: Pull, picked: Sequence[Found]) -> Signature:
    if len(picked) == 1:
        return picked[0].commit.author
    return signature(site, *noreply(account_by_id(db, pull.author).login))


def _squash_message(
    pull: Pull, picked: Sequence[Found], writer: Signature, request: Request
) -> bytes:
    own = [each.commit for each in picked if len(each.commit.parents) < 2]
    single = len(picked) == 1
    subject = own[0].subject if single and own else pull.title
    title = request.title or f"{subject} (#{pull.number})"
    if request.message is not None:
        return _message(title, request.message)
    texts = [commit.message.decode("utf-8", "replace").strip() for commit in own]
    if single:
        body = "".join(text.partition("\n")[2].strip() for text in texts)
    else:
        body = "\n\n".join(f"* {text}" for text in texts)
    others = dict.fromkeys(
        commit.author.text() for commit in own if commit.author.email != writer.email
    )
    credit = "\n".join(f"Co-authored-by: {name}" for name in others)
    return _message(title, "\n\n".join(part for part in (body, credit) if part))


def _message(title: str, body: str) -> bytes:
    title, body = title.replace("\0", ""), body.replace("\0", "")
    return (title.strip() + ("\n\n" + body.strip() if body.strip() else "") + "\n").encode(
        "utf-8", "replace"
    )
