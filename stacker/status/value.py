"""Where a series stands, as one value: gathered offline, rendered as text and as JSON."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from stacker.boxes.known import NOBODY, Known
from stacker.forge.api import PullState
from stacker.landed.group import Extent

if TYPE_CHECKING:
    from pathlib import Path

    from stacker.git.objects import Oid
    from stacker.landed.group import Torn
    from stacker.series.lock import Reverted
    from stacker.series.plan.model import StageId
    from stacker.status.review import Opinion
    from stacker.verify.standing import Evidence


class StageState(StrEnum):
    """The one thing that matters most about a stage."""

    LANDED = "landed"  # the series' base has it
    REVERTED = "reverted"  # it left the series as landed, and upstream took it out again
    IN_UPSTREAM = "in-upstream"  # upstream has it, the series' base not yet
    CONFLICT = "conflict"  # a rebase stopped there
    BLOCKED = "blocked"  # a rebase stopped at a stage that it stands on
    NO_PATCHES = "no-patches"
    LOCAL = "local"  # its upstream is on no forge
    HAND_OFF = "hand-off"  # its repository takes no pull requests
    NOT_SUBMITTED = "not-submitted"
    CLOSED = "closed"  # somebody closed its pull request
    SUBMITTED = "submitted"


class WaitsFor(StrEnum):
    """Who has to act next."""

    NOBODY = "nobody"
    YOU = "you"
    REVIEW = "review"
    LANDING = "landing"
    FORGE = "forge"  # its CI checks run
    UNKNOWN = "unknown"  # the forge was not asked


@dataclass(frozen=True, slots=True)
class PublishedAs:
    """What the pull request shows: the version at that push, its head, and whether the next
    `submit` would move it (`None`: not known here). `others` is the head that somebody else
    pushed since, as far as the forge was asked."""

    version: int
    head: Oid
    changed: bool | None
    others: Oid | None = None


@dataclass(frozen=True, slots=True)
class Adopts:
    """Somebody's pull request that a stage continues: its number, and, if the forge was asked, its
    state there, and whether more came to it than was taken in (`None`: not known)."""

    number: int
    state: PullState | None
    more: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StageStatus:
    """One stage. `commit` is the tip of its chain; `url` that of its pull request.

    `landing` is the upstream commit that brought it in, `release` the first that has it; what was
    `reverted` landed before and was taken out again. `stopped_on` is the stage whose conflict stops
    a rebase here. It needs a `restack` where upstream took those stages from under it. `evidence`
    is `None` when it was not looked at. `adopts` is the pull request of somebody else that it
    continues in its own; one that it is pushed to is its own.
    `package` says of one that is handed over whether its package is of this `commit`; `None`: there
    is none here.
    """

    id: StageId
    repository: str
    upstream: str
    group: str | None
    needs: tuple[StageId, ...]
    patches: int
    on_forge: bool
    hand_off: bool
    commit: Oid | None
    pull: int | None
    published: PublishedAs | None
    landing: Oid | None
    landed: bool
    release: str | None
    reverted: Reverted | None
    stopped_on: StageId | None
    restack: tuple[StageId, ...] = ()
    evidence: Evidence | None
    opinion: Opinion | None
    package: bool | None = None
    adopts: Adopts | None = None

    @property
    def url(self) -> str | None:
        """The address of its pull request, if the forge has told it."""
        return self.opinion.url if self.opinion else None

    @property
    def state(self) -> StageState:
        """The one thing that matters most about it."""
        if self.landed:
            return StageState.REVERTED if self.reverted else StageState.LANDED
        merged = self._forge_says(PullState.MERGED) and self.reverted is None
        if self.landing is not None or merged:
            return StageState.IN_UPSTREAM
        if self.stopped_on is not None:
            return StageState.CONFLICT if self.stopped_on == self.id else StageState.BLOCKED
        if not self.patches:
            return StageState.NO_PATCHES
        if self.hand_off and self.published is None:
            return StageState.HAND_OFF
        if not self.on_forge:
            return StageState.LOCAL
        if self.published is None:
            return StageState.NOT_SUBMITTED
        return StageState.CLOSED if self._forge_says(PullState.CLOSED) else StageState.SUBMITTED

    @property
    def verified(self) -> bool:
        """Whether every check that must pass at it is known to have passed."""
        return self.evidence is not None and self.evidence.complete

    @property
    def ready(self) -> bool:
        """Whether it may land as it is published; for the group, what the members say."""
        approved = self.opinion is not None and self.opinion.approved
        same = (
            self.published is not None
            and self.published.changed is False
            and self.published.others is None
        )
        return self.state is StageState.SUBMITTED and approved and same and self.verified

    @property
    def waits_for(self) -> WaitsFor:
        """Who has to act next."""
        match self.state:
            case StageState.LANDED | StageState.LOCAL:
                return WaitsFor.NOBODY
            case StageState.SUBMITTED:
                return self._submitted_waits_for()
            case StageState.HAND_OFF:
                return WaitsFor.LANDING if self.verified else WaitsFor.YOU
            case _:
                return WaitsFor.YOU

    def _submitted_waits_for(self) -> WaitsFor:
        failing = self.evidence is not None and self.evidence.failing
        changed = self.published is not None and (self.published.changed or self.published.others)
        refused = self.opinion is not None and (self.opinion.refused_by or self.opinion.failing)
        if failing or changed or refused:
            return WaitsFor.YOU
        if self.opinion is None:
            return WaitsFor.UNKNOWN
        if not self.opinion.approved:
            return WaitsFor.YOU if self.opinion.open_threads else WaitsFor.REVIEW
        return WaitsFor.FORGE if self.opinion.pending else WaitsFor.LANDING

    def _forge_says(self, state: PullState) -> bool:
        return self.opinion is not None and self.opinion.state is state


@dataclass(frozen=True, slots=True)
class GroupStatus:
    """Stages that land together; `ready` counts those that may. `extent` is how much of it upstream
    has, and `torn` tells of what landed without the rest."""

    name: str
    stages: tuple[StageId, ...]
    ready: int
    extent: Extent = Extent.NONE
    torn: Torn | None = None


@dataclass(frozen=True, slots=True)
class UpstreamStatus:
    """An upstream branch: where the series stands, where upstream was when it last moved here.

    `ahead` counts first-parent commits; `seen_at` is in seconds since 1970; `None`: not known.
    """

    repository: str
    branch: str
    base: Oid | None
    tip: Oid | None
    ahead: int | None
    seen_at: int | None


@dataclass(frozen=True, slots=True)
class Stopped:
    """A rebase that stopped: where to, and at which stages (none: not computed again).

    With `edit` it is what was edited in that stage which others do not go with.
    """

    targets: tuple[tuple[str, Oid], ...]
    stages: tuple[StageId, ...]
    edit: str | None = None


@dataclass(frozen=True, slots=True)
class OpenFolder:
    """A folder that somebody works in: `verb` is the command that opened it, `command` goes on."""

    stage: str
    verb: str
    folder: Path
    command: str


@dataclass(frozen=True, slots=True)
class Unfinished:
    """What an interrupted command left, and the command line that finishes it, if there is one now.

    What is not `ours` another machine began.
    """

    what: str
    command: str
    ours: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesStatus:
    """All of it, stages in plan order. `now` is in seconds since 1970.

    `forge_read_at` is the time of the oldest thing that is shown of the forge. `in_store` is
    false in a clone whose store lacks the series, where nothing but plan and lock is known. `boxes`
    are those that build for the team, as home had it when it was last read.
    """

    name: str
    title: str
    version: int
    now: int
    upstreams: tuple[UpstreamStatus, ...]
    stages: tuple[StageStatus, ...]
    groups: tuple[GroupStatus, ...]
    edits: tuple[str, ...]
    stopped: Stopped | None
    folders: tuple[OpenFolder, ...]
    unfinished: tuple[Unfinished, ...]
    forge_read_at: int | None
    in_store: bool
    has_checks: bool
    platforms: tuple[str, ...] = ()
    boxes: Known = NOBODY

    def stage(self, stage_id: str) -> StageStatus:
        """The stage of that id."""
        return next(one for one in self.stages if one.id == stage_id)
