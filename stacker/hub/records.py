"""What the hub remembers, as frozen values named like the rows they come from."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Right(IntEnum):
    """What somebody may do in a repository; each right includes those below it."""

    READ = 1
    WRITE = 2
    ADMIN = 3

    @property
    def word(self) -> str:
        """GitHub's word for it."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody with a name on this hub."""

    id: int
    login: str


@dataclass(frozen=True, slots=True)
class Repository:
    """A bare repository at OWNER/NAME.git, with its settings and its place among forks."""

    id: int
    owner: int
    owner_login: str
    name: str
    parent: int | None
    source: int | None
    allow_merge: bool
    allow_squash: bool
    allow_rebase: bool
    created_at: str

    @property
    def full_name(self) -> str:
        """OWNER/NAME."""
        return f"{self.owner_login}/{self.name}"


@dataclass(frozen=True, slots=True)
class Pull:
    """A pull request; `head` and `base` are the commits last seen on its two branches.

    Once it is closed or merged they are frozen.
    """

    id: int
    repository: int
    number: int
    title: str
    body: str | None
    author: int
    head_repository: int
    head_ref: str
    head: str
    base_ref: str
    base: str
    draft: bool
    is_open: bool
    maintainer_can_modify: bool
    created_at: str
    updated_at: str
    closed_at: str | None
    merged_at: str | None
    merged_by: int | None
    merge_commit: str | None
    tested_head: str | None
    tested_base: str | None
    test_merge: str | None

    @property
    def crosses(self) -> bool:
        """Whether its head lives in another repository than its base."""
        return self.repository != self.head_repository


@dataclass(frozen=True, slots=True)
class Intent:
    """A merge about to put the commit `oid` on the base of a pull request.

    Whoever finds the commit there finishes that merge; one that came to nothing is harmless.
    """

    pull: int
    oid: str
    user: int


@dataclass(frozen=True, slots=True)
class ForcePush:
    """A move of a pull request's head to a commit that does not contain the one before."""

    id: int
    pull: int
    before: str
    after: str
    created_at: str


@dataclass(frozen=True, slots=True)
class Review:
    """One person's review of the commit `oid`; state as GitHub writes it."""

    id: int
    pull: int
    author: int
    state: str
    body: str
    oid: str
    submitted_at: str


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment under a pull request."""

    id: int
    pull: int
    author: int
    body: str
    created_at: str
    updated_at: str


@dataclass(frozen=True, slots=True)
class ReviewComment:
    """A comment on a line of the diff from the base to commit `oid`; `review` has it.

    `line` is of the new file where `side` is RIGHT, of the old one where it is LEFT; `hunk` is
    what the diff shows down to it. The first of a thread is what the others are replies to, and
    remembers who resolved the thread.
    """

    id: int
    pull: int
    review: int
    author: int
    body: str
    path: str
    side: str
    line: int
    oid: str
    hunk: str
    reply_to: int | None
    resolved_by: int | None
    created_at: str
    updated_at: str


@dataclass(frozen=True, slots=True)
class Label:
    """A label on a pull request."""

    id: int
    pull: int
    name: str


@dataclass(frozen=True, slots=True)
class Status:
    """A commit status: error, failure, pending or success under one context."""

    id: int
    repository: int
    oid: str
    context: str
    state: str
    description: str | None
    target_url: str | None
    creator: int
    created_at: str


@dataclass(frozen=True, slots=True)
class CheckRun:
    """A check run on a commit; `conclusion` is set once its status is completed.

    `app` is the slug of the app that made it, None when a person did; `event` is what started the
    workflow run that it belongs to, None where there is none.
    """

    id: int
    repository: int
    oid: str
    name: str
    status: str
    conclusion: str | None
    details_url: str | None
    external_id: str | None
    title: str | None
    summary: str | None
    creator: int
    started_at: str
    completed_at: str | None
    app: str | None
    event: str | None
