"""What a landing comes to, in values: states, guarantees, reasons and members."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stacker.forge.api import Protection
    from stacker.git.objects import Oid
    from stacker.series.plan.model import StageId


class State(StrEnum):
    """Where a landing stands."""

    LANDED = "landed"
    NOT_LANDED = "not-landed"
    BLOCKED = "blocked"
    STALE = "stale"
    WAITING = "waiting"
    UNKNOWN = "unknown"
    TORN = "torn"


class Guarantee(StrEnum):
    """What the way of landing promises, and no more."""

    ATOMIC = "atomic"
    ONE_SQUASHED_COMMIT = "one-squashed-commit"
    NONE = "none"


class Way(StrEnum):
    """How the commit point is made: by our push, by the forge's merge of one pull request, or by
    those to whom it is handed over."""

    PUSH = "push"
    PULL_REQUEST = "pull-request"
    HAND_OFF = "hand-off"


class Who(StrEnum):
    """Who must act before a landing can go on."""

    PORTER = "porter"
    REVIEWER = "reviewer"
    COORDINATOR = "coordinator"
    MAINTAINER = "maintainer"
    CI = "CI"


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing in the way: who must act, for which stage, what it is, and the command for it."""

    who: Who
    stage: StageId | None
    text: str
    command: str = ""


@dataclass(frozen=True, slots=True)
class MemberResult:
    """One member: its pull request, its published head, the upstream commit that has it now."""

    stage: StageId
    number: int | None
    head: Oid | None
    landed_as: Oid | None
    pull_state: str


@dataclass(frozen=True, slots=True)
class Shown:
    """The branch's own rules as they were read; None: it has none."""

    protection: Protection | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LandResult:
    """The whole answer. `follow_up` says what is still to do after a landing, `notes` what there
    is to know of it; `takes_back` when it is a revert.
    `rules` are upstream's own, where they were read and nothing landed."""

    tx: str | None
    state: State
    guarantee: Guarantee
    way: Way | None
    branch: str
    commit: Oid | None = None
    tree: Oid | None = None
    members: tuple[MemberResult, ...] = ()
    reasons: tuple[Reason, ...] = ()
    follow_up: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    takes_back: bool = False
    rules: Shown | None = None
