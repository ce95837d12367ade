"""What is said to a build master, and what it says, once it has been checked."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stacker.git.process import Credential


class Account(NamedTuple):
    """Who we are at a master."""

    user: str
    password: str

    def __repr__(self) -> str:
        return f"Account(user={self.user!r}, password=<hidden>)"


class Place(NamedTuple):
    """A repository that a master's workers fetch from: git's address of it, for pushing."""

    url: str
    credential: Credential | None


@dataclass(frozen=True, slots=True)
class Access:
    """How a runner of the plan is reached.

    `places` are where the commits of each repository of the plan go. It is asked for news every
    `tick` seconds, and given up after `patience` seconds without an answer.
    """

    url: str
    account: Account | None
    scheduler: str
    at_once: int
    places: Mapping[str, Place]
    tick: float
    patience: float


class Identity(NamedTuple):
    """What makes two builds the same: evidence key, attempt, commit, on the same builder (id)."""

    builder: int
    key: str
    attempt: int
    commit: str


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked for. `branch` is the ref that holds the commit; the rest are properties."""

    builder: str
    branch: str
    commit: str
    priority: int
    reason: str
    properties: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Request:
    """A build that was asked for and has not ended; `identity` only if a stacker asked."""

    id: int
    identity: Identity | None


class Results(IntEnum):
    """How a build or a step ended, in Buildbot's numbers."""

    SUCCESS = 0
    WARNINGS = 1
    FAILURE = 2
    SKIPPED = 3
    EXCEPTION = 4
    RETRY = 5
    CANCELLED = 6


@dataclass(frozen=True, slots=True)
class Build:
    """A build; `results` is None while it runs. Times are in seconds since 1970, of the master.

    `worker`, `commit` (that which it built) and `branch` are empty when it does not say them.
    """

    id: int
    number: int
    builder: int
    request: int
    results: Results | None
    started_at: float
    ended_at: float
    said: str
    worker: str
    commit: str
    branch: str
    identity: Identity | None


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a build."""

    id: int
    name: str
    results: Results | None
    said: str
