"""Into a hub what another forge has: which repository is whose fork, who may write, pull requests.

The bare repositories lie below the hub's root already, with all branches and heads that are named
here. What is told twice is remembered once. To be called before the hub is served.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from stacker.errors import StackerError
from stacker.hub import repositories
from stacker.hub.auth import account, app_account, app_number, app_of, remember
from stacker.hub.call import Limits, Site
from stacker.hub.protection import save
from stacker.hub.records import Account
from stacker.hub.state import connect

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from pathlib import Path

    from stacker.hub.protection import Rules
    from stacker.hub.records import Repository
    from stacker.hub.state import Database

_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class CopiedReview:
    """A review; `state` in GitHub's words, `submitted_at` in its form."""

    author: str
    state: str
    commit: str
    submitted_at: str


@dataclass(frozen=True, slots=True)
class CopiedComment:
    """A comment; its `id` stays what it was."""

    id: int
    author: str
    body: str


@dataclass(frozen=True, slots=True)
class CopiedCheck:
    """A status, or a check run (of the `app` with this id); `state` is the status' or the run's
    conclusion, empty while it has none. `creator` is a login, or the app's slug."""

    name: str
    is_run: bool
    state: str
    creator: str
    app: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CopiedPull:
    """A pull request from a branch of the fork; `merge_commit` is set when it was merged. `checks`
    are of its head."""

    number: int
    title: str
    body: str
    author: str
    head_branch: str
    head: str
    base_branch: str
    base: str
    draft: bool
    is_open: bool
    merge_commit: str | None
    maintainer_can_modify: bool
    reviews: Sequence[CopiedReview]
    comments: Sequence[CopiedComment]
    checks: Sequence[CopiedCheck] = ()


@dataclass(frozen=True, slots=True)
class Copied:
    """One repository: `fork` is where branches come from, itself where there is none.

    `rights` has who may do what where: login, `OWNER/NAME`, and `read`, `write` or `admin`.
    `methods` are the ways of merging that upstream allows, empty where they are not told, `rules`
    those of its `branch`.
    """

    upstream: str
    fork: str
    rights: Sequence[tuple[str, str, str]]
    pulls: Sequence[CopiedPull]
    branch: str = ""
    methods: Collection[str] = ()
    rules: Rules | None = None


def lay_out(root: Path, copies: Iterable[Copied]) -> None:
    """Remember all of it in the hub at `root`; raises `StackerError` for a name it cannot have."""
    site = Site(root.resolve(), {}, lambda: datetime.now(UTC), _LIMITS)
    with connect(site.root) as db:
        for copied in copies:
            upstream = _adopted(site, db, copied.upstream)
            fork = _adopted(site, db, copied.fork)
            with db.writing():
                _relate(db, upstream, fork)
                _govern(db, upstream, copied)
                for login, name, word in copied.rights:
                    _allow(db, _adopted(site, db, name), login, word)
                for pull in copied.pulls:
                    _enter(site, db, upstream, fork, pull)


def _adopted(site: Site, db: Database, name: str) -> Repository:
    found = repositories.find(site, db, *name.split("/"))
    if found is None:
        raise StackerError(f"the hub cannot hold a repository of the name {name!r}")
    return found


def _relate(db: Database, upstream: Repository, fork: Repository) -> None:
    if fork.id != upstream.id:
        sql = "UPDATE repositories SET parent = ?, source = ? WHERE id = ?"
        db.run(sql, upstream.id, upstream.source or upstream.id, fork.id)


def _govern(db: Database, upstream: Repository, copied: Copied) -> None:
    """The ways of merging, and the rules of the branch."""
    if copied.methods:
        allowed = [way in copied.methods for way in ("merge", "squash", "rebase")]
        sql = (
            "UPDATE repositories SET allow_merge = ?, allow_squash = ?, allow_rebase = ? "
            "WHERE id = ?"
        )
        db.run(sql, *allowed, upstream.id)
    if copied.rules is not None:
        save(db, upstream, copied.branch, copied.rules)
        for check in copied.rules.checks or ():
            app_with(db, check.app, None)


def app_with(db: Database, number: int | None, slug: str | None) -> Account | None:
    """The account of the app with this id, made if it has none; None: it is no app."""
    if number is None:
        return None
    found = app_account(db, number)
    if found is None and number == app_number("github-actions"):
        return remember(db, "github-actions[bot]")
    if found is None:
        login = f"{slug or f'app-{number}'}[bot]"
        found = account(db, login) or Account(db.insert("users", id=number, login=login), login)
    return found


def _allow(db: Database, repository: Repository, login: str, word: str) -> None:
    user = remember(db, login)
    sql = "SELECT count(*) FROM collaborators WHERE repository = ? AND user = ?"
    known = db.number(sql, repository.id, user.id)
    if user.id != repository.owner and not known:  # its owner is admin in any case
        db.insert("collaborators", repository=repository.id, user=user.id, permission=word)


def _enter(
    site: Site, db: Database, upstream: Repository, fork: Repository, pull: CopiedPull
) -> None:
    sql = "SELECT count(*) FROM pulls WHERE repository = ? AND number = ?"
    if db.number(sql, upstream.id, pull.number):
        return
    now, done = site.now(), None if pull.is_open else site.now()
    row = db.insert(
        "pulls",
        repository=upstream.id, number=pull.number, title=pull.title, body=pull.body,
        author=remember(db, pull.author).id, head_repository=fork.id, head_ref=pull.head_branch,
        head=pull.head, base_ref=pull.base_branch, base=pull.base, draft=pull.draft,
        is_open=pull.is_open, maintainer_can_modify=pull.maintainer_can_modify,
        created_at=now, updated_at=now, closed_at=done,
        merged_at=done if pull.merge_commit else None, merge_commit=pull.merge_commit,
    )  # fmt: skip
    for one in pull.reviews:
        db.insert(
            "reviews", pull=row, author=remember(db, one.author).id, state=one.state, body="",
            oid=one.commit, submitted_at=one.submitted_at,
        )  # fmt: skip
    for said in pull.comments:
        db.insert(
            "comments", id=said.id, pull=row, author=remember(db, said.author).id, body=said.body,
            created_at=now, updated_at=now,
        )  # fmt: skip
    for check in pull.checks:
        report(db, upstream, pull.head, check, now)
    sql = "UPDATE repositories SET last_number = max(last_number, ?) WHERE id = ?"
    db.run(sql, pull.number, upstream.id)


def report(db: Database, upstream: Repository, oid: str, check: CopiedCheck, now: str) -> None:
    """Remember what was said of a commit."""
    if not check.is_run:
        who = app_with(db, check.app, check.creator) or remember(db, check.creator or "ghost")
        db.insert(
            "statuses", repository=upstream.id, oid=oid, context=check.name, state=check.state,
            creator=who.id, created_at=now,
        )  # fmt: skip
        return
    app = app_with(db, check.app, check.creator)
    creator = app or remember(db, check.creator or "ghost")
    db.insert(
        "check_runs", repository=upstream.id, oid=oid, name=check.name,
        status="completed" if check.state else "in_progress", conclusion=check.state or None,
        creator=creator.id, started_at=now, completed_at=now if check.state else None,
        app=app_of(app.login) if app else None,
    )  # fmt: skip
