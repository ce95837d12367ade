"""Which pull request is a stage's: the one whose number it remembers, else one of its branch."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from stacker.forge.api import PullState
from stacker.submit.words.body import LANDED, is_ours

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from stacker.forge.api import PullRequest
    from stacker.series.loading import Series
    from stacker.series.lock import StageLock
    from stacker.series.plan.model import StageId
    from stacker.submit.place import Place, PullForge


def branch_of(series: Series, stage: StageId) -> str:
    """The branch of a stage: the one it was published on, else the series' name and its id."""
    line = series.lock.stage(stage)
    if line is not None and line.published is not None:
        return line.published.branch
    return f"{series.plan.name}/{stage}"


def numbered(
    series: Series, stages: Sequence[StageId], place: Place, forge: PullForge
) -> dict[int, PullRequest]:
    """The pull requests that the stages of a repository have or continue, in one question."""
    numbers: list[int] = []
    for stage in map(series.plan.stage, stages):
        if stage.repository == place.repository.name:
            line = series.lock.stage(stage.id)
            numbers += filter(None, [line.pull if line else None, stage.adopts])
    upstream = place.repository.upstream
    return {pull.number: pull for pull in (forge.pulls(upstream, numbers) if numbers else ())}


def pulls_of(
    series: Series,
    stages: Sequence[StageId],
    places: Mapping[str, Place],
    forge: PullForge,
    *,
    read: Mapping[str, Mapping[int, PullRequest]],
    elsewhere: Collection[StageId],
) -> dict[StageId, PullRequest]:
    """By stage its pull request; `read` are those that were asked for by number.

    A stage that is pushed `elsewhere` has that of somebody else.
    """
    found: dict[StageId, PullRequest] = {}
    for name, place in places.items():
        upstream = place.repository.upstream
        here = [s for s in stages if series.plan.stage(s).repository == name]
        lines = {s: series.lock.stage(s) for s in here}
        numbers = {line.pull: s for s, line in lines.items() if line is not None and line.pull}
        for number, stage in numbers.items():
            pull = read[name].get(number)
            if pull is None or _is_over(lines[stage], pull):
                continue
            # A number from another forge (a rehearsal) is somebody else's pull request here.
            ours = (pull.head_owner or place.owner).casefold() == place.owner.casefold()
            if stage in elsewhere:
                found[stage] = replace(pull, may_edit=False)  # whoever may: its text is not ours
            elif ours and pull.head_branch == branch_of(series, stage):
                found[stage] = pull
        heads = {branch_of(series, s): s for s in here if s not in {*found, *elsewhere}}
        asked = [f"{place.owner}:{branch}" for branch in heads]
        for pull in forge.pulls(upstream, heads=asked) if asked else ():
            stage = heads[pull.head_branch]
            # One that was closed before this series had the branch says nothing about the stage.
            ours = pull.state is PullState.OPEN or is_ours(pull.body, series.plan.name)
            over = _is_over(lines[stage], pull)
            if ours and not over and _better(pull, found.get(stage)):
                found[stage] = pull
    return found


def _is_over(line: StageLock | None, pull: PullRequest) -> bool:
    """Whether it is that of a landing which upstream took back: the stage needs another one."""
    if line is None or line.reverted is None:
        return False
    return pull.state is PullState.MERGED or (
        pull.state is PullState.CLOSED and any(LANDED in c.body for c in pull.comments)
    )


def _better(pull: PullRequest, other: PullRequest | None) -> bool:
    """Of several pull requests of one branch: the open one, else the newest."""
    if other is None:
        return True
    return _rank(pull) > _rank(other)


def _rank(pull: PullRequest) -> tuple[bool, int]:
    return pull.state is PullState.OPEN, pull.number
