"""The Python API: what the command line does, as functions and frozen values (docs/api.md).

    from stacker import api

    series = api.open_series("win-arm32")
    for stage in series.forecast().stages:
        print(stage.id, stage.status)

What is named in `__all__` stays as it is within a major version; values may get more fields, and
enumerations more members. Whatever is wrong is raised as one of `stacker.errors`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stacker import settings, wiring
from stacker.forecast import flow as forecasting
from stacker.forecast.flow import ForecastRequest
from stacker.forecast.outcome import Fate
from stacker.rebase import flow as rebasing
from stacker.rebase.flow import RebaseRequest
from stacker.rebase.outcome import Status
from stacker.render.status_document import status_document
from stacker.series.directory import SeriesDirectory
from stacker.series.plan.reading import read_plan
from stacker.series.versions import operations
from stacker.status.gather import gather

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stacker.forecast.culprit import Culprit
    from stacker.forecast.outcome import StageForecast
    from stacker.rebase.outcome import StageResult
    from stacker.series.plan.model import Plan

__all__ = [
    "Commit", "Conflict", "Fate", "Forecast", "ForecastStage", "Group", "Rebase", "RebasedStage",
    "Series", "Stage", "Status", "Version", "open_series",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stage:
    """One pull request of the series; `needs` are the stages right below it, by their ids."""

    id: str
    repository: str
    needs: tuple[str, ...]
    issue: str | None
    adopts: int | None


@dataclass(frozen=True, slots=True)
class Group:
    """Stages that land together or not at all, in plan order."""

    name: str
    stages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Version:
    """One step in the life of the series: its number, the command that left it, why, who, when.

    `seconds` is since 1970; `by` is empty where nobody is known to have asked for it.
    """

    number: int
    command: str
    reason: str
    by: str
    seconds: int


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit of upstream; `pull` is its pull request, where its message tells one."""

    oid: str
    subject: str
    author: str
    pull: int | None


@dataclass(frozen=True, slots=True)
class Conflict:
    """A path of a patch that does not go on; `culprit` is the upstream commit that broke it first.

    `stage` is the stage whose patch it is: one below the stage that stops, or that itself.
    """

    path: str
    kind: str
    stage: str
    patch: str
    culprit: Commit | None


@dataclass(frozen=True, slots=True)
class RebasedStage:
    """What became of a stage; `commit` and `tree` are the tip of its chain, or would be."""

    id: str
    status: Status
    commit: str | None
    tree: str | None
    because: str
    conflicts: tuple[Conflict, ...]


@dataclass(frozen=True, slots=True)
class Rebase:
    """What a rebase did. If it `stopped` at a conflict, nothing has moved.

    `bases` are the upstream commits by repository; `version` is that which the series has now.
    """

    stopped: bool
    bases: Mapping[str, str]
    version: int
    stages: tuple[RebasedStage, ...]


@dataclass(frozen=True, slots=True)
class ForecastStage:
    """What would become of a stage; `culprit` is the upstream commit that breaks it first."""

    id: str
    status: Fate
    conflicts: tuple[str, ...]
    culprit: Commit | None


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a rebase onto `targets`, upstream commits by repository, would come to."""

    targets: Mapping[str, str]
    new_commits: int
    stages: tuple[ForecastStage, ...]


@dataclass(frozen=True, slots=True)
class Series:
    """A series directory; nothing of it stays open between two calls.

    `stages` are in plan order. A call that changes the series holds it for so long, as commands do,
    and raises `BusyError` when another one has it.
    """

    folder: Path
    name: str
    title: str
    stages: tuple[Stage, ...]
    groups: tuple[Group, ...]

    def status(self) -> dict[str, Any]:
        """Where everything stands, from this disk alone: what `stacker --json status` prints."""
        with wiring.offline(self.folder) as here:
            found = gather(
                here.directory, here.plan, here.work, settings.environment(), settings.now()
            )
        return dict(status_document(found, ()))

    def versions(self) -> tuple[Version, ...]:
        """The steps in the life of the series, newest first; none where there is no store yet."""
        with wiring.offline(self.folder) as here:
            if here.work is None:
                return ()
            return tuple(
                Version(one.version, one.command, one.reason, one.by, one.seconds)
                for one in operations.history(here.work.store)
            )

    def forecast(self, onto: str | Mapping[str, str] = "", *, fetch: bool = True) -> Forecast:
        """What `rebase` would come to; nothing changes.

        `onto` is a revision of the first repository, or revisions by repository; without it
        upstream's tips count, those last seen unless `fetch` is allowed.
        """
        with wiring.workspace(self.folder) as work:
            found = forecasting.forecast(work, ForecastRequest(_onto(onto), fetch=fetch))
        stages = tuple(map(_forecast_stage, found.stages))
        return Forecast(dict(found.targets), found.new_commits, stages)

    def rebase(self, onto: str | Mapping[str, str] = "", *, fetch: bool = True) -> Rebase:
        """Put the series on upstream's tip, or on `onto`; all of it, or nothing at a conflict."""
        with wiring.workspace(self.folder) as work:
            done = rebasing.rebase(work, RebaseRequest(_onto(onto), fetch=fetch))
        stages = tuple(map(_rebased_stage, done.stages))
        return Rebase(done.halted, dict(done.bases), done.version, stages)


def open_series(folder: str | Path) -> Series:
    """The series directory that `folder` is in, with its plan as it is now.

    Raises `SeriesError` where there is none, and `PlanError` with all that is wrong in the plan.
    """
    directory = SeriesDirectory.find(Path(folder))
    return _series(directory.root, read_plan(directory.plan_file))


def _series(root: Path, plan: Plan) -> Series:
    listed = (plan.stage(one) for one in plan.order)
    return Series(
        folder=root,
        name=plan.name,
        title=plan.title,
        stages=tuple(Stage(s.id, s.repository, s.needs, s.issue, s.adopts) for s in listed),
        groups=tuple(Group(group.name, group.stages) for group in plan.groups),
    )


def _onto(given: str | Mapping[str, str]) -> Mapping[str, str]:
    if isinstance(given, str):
        return {"": given} if given else {}
    return given


def _rebased_stage(one: StageResult) -> RebasedStage:
    conflicts = tuple(
        Conflict(_path(c.conflict.path), c.conflict.kind, c.of, c.file, _culprit(c.culprit))
        for c in one.conflicts
    )
    return RebasedStage(one.stage, one.status, one.commit, one.tree, one.because, conflicts)


def _forecast_stage(one: StageForecast) -> ForecastStage:
    if one.clash is None:
        return ForecastStage(one.stage, one.fate, (), None)
    paths = tuple(_path(conflict.path) for conflict in one.clash.conflicts)
    return ForecastStage(one.stage, one.fate, paths, _culprit(one.clash.culprit))


def _culprit(found: Culprit | None) -> Commit | None:
    if found is None:
        return None
    told = found.commit
    return Commit(told.oid, told.subject, told.author, told.pull)


def _path(raw: bytes) -> str:
    """A path as Python has file names."""
    return raw.decode("utf-8", "surrogateescape")
