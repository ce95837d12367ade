"""What came to a pull request since a stage took it in, to go on with it in one of its own."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from stacker.forge.api import PullState
from stacker.git.objects import Oid
from stacker.series.workspace import bring
from stacker.submit.foreign import by_whom, commits_of_others, known_commits

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stacker.git.transfer import Told
    from stacker.series.lock import Lock, StageLock
    from stacker.series.plan.model import StageId
    from stacker.series.workspace import Workspace
    from stacker.submit.adoption.adopted import Adopted
    from stacker.submit.place import Place


def with_news(
    work: Workspace,
    lock: Lock,
    adopted: Mapping[StageId, Adopted],
    places: Mapping[str, Place],
    told: Told | None,
) -> dict[StageId, Adopted]:
    """The same with what came to those that have successors since they were taken in."""
    found = dict(adopted)
    for stage, one in adopted.items():
        line = lock.stage(stage)
        if line is None or one.pull is None or one.place is not None or line.adopted is None:
            continue
        if one.pull.state is not PullState.MERGED and one.pull.head != line.adopted:
            known = known_commits(work, lock, places[line.repository])
            _bring(work, line, Oid(one.pull.head), told)
            commits = commits_of_others(work.store, line.adopted, Oid(one.pull.head), known)
            found[stage] = replace(one, news=_said(work, one, commits))
    return found


def _bring(work: Workspace, line: StageLock, head: Oid, told: Told | None) -> None:
    for oid in (head, line.adopted):
        if oid is not None and work.store.find(oid) is None:
            bring(work.store, work.upstreams[line.repository], oid, told)


def _said(work: Workspace, one: Adopted, commits: tuple[Oid, ...] | None) -> str:
    if commits is None:
        residue = f"stacker status --residue '#{one.number}'"
        return f"was force-pushed since; `{residue}` tells what it has besides"
    said = by_whom(work.store, commits)
    return f"has {said} since; `stacker edit {one.stage} --from-pull` takes it in" if said else ""
