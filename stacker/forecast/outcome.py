"""What a forecast says: one value for each stage. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stacker.forecast.culprit import Culprit
    from stacker.forecast.neighbours import Nearby
    from stacker.git.merge import Conflict
    from stacker.git.objects import Oid
    from stacker.series.plan.model import StageId
    from stacker.upstream.commit import UpstreamCommit


class Fate(StrEnum):
    """What would become of a stage."""

    CLEAN = "clean"
    CONFLICT = "conflict"
    LANDED = "landed"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class Clash:
    """Where a stage stops: patch `file` of stage `of`, and the paths that nobody has solved yet.

    `culprit` is `None` where no commit can be named.
    """

    of: StageId
    file: str
    conflicts: tuple[Conflict, ...]
    culprit: Culprit | None


@dataclass(frozen=True, slots=True)
class StageForecast:
    """One stage.

    `clash` tells of a conflict, `landing` of the commit that brought it in where that is known,
    `waits_for` of a stage whose conflict comes first, `nearby` of what upstream did next to a clean
    one.
    """

    stage: StageId
    fate: Fate
    clash: Clash | None = None
    landing: UpstreamCommit | None = None
    waits_for: StageId | None = None
    nearby: tuple[tuple[Nearby, UpstreamCommit], ...] = ()


@dataclass(frozen=True, slots=True)
class Forecast:
    """The whole of it, for the upstream commits `targets`.

    `new_commits` counts those of upstream's first-parent lines that the series does not have;
    `edits` says what was edited by hand, which is thought to be restacked.
    """

    targets: Mapping[str, Oid]
    stages: tuple[StageForecast, ...]
    new_commits: int
    edits: tuple[str, ...]

    def stage(self, stage_id: str) -> StageForecast | None:
        """What it says of that stage."""
        return next((one for one in self.stages if one.stage == stage_id), None)

    @property
    def conflicts(self) -> tuple[StageForecast, ...]:
        """The stages that would stop."""
        return tuple(one for one in self.stages if one.fate is Fate.CONFLICT)
