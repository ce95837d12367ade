"""Gathers where a series stands from what is on this disk: asks nobody, changes nothing."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from stacker.boxes import known as boxes
from stacker.forge.api import PullState
from stacker.forge.cache import known_pulls
from stacker.git.history import first_parents
from stacker.series.loading import load
from stacker.series.lock import Lock
from stacker.series.lock import parse as parse_lock
from stacker.series.plan.choices import Landing
from stacker.series.plan.locating import line_of_group
from stacker.series.plan.upstream import UpstreamKind
from stacker.series.renaming import renamed_lock, renames
from stacker.series.versions import ondisk
from stacker.series.workspace import known_tip
from stacker.status import deeper
from stacker.status.folders import open_folders
from stacker.status.landings import unfinished_landings
from stacker.status.review import opinion
from stacker.status.together import groups_of
from stacker.status.value import (
    Adopts,
    PublishedAs,
    SeriesStatus,
    StageStatus,
    Unfinished,
    UpstreamStatus,
)
from stacker.submit import intents, journal
from stacker.submit.restacking import needs_restack

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stacker.forge.cache import KnownPull
    from stacker.series.directory import SeriesDirectory
    from stacker.series.loading import Series
    from stacker.series.lock import StageLock
    from stacker.series.plan.model import Plan, Stage, StageId
    from stacker.series.renaming import Renames
    from stacker.series.workspace import Workspace
    from stacker.status.deeper import Deeper


def gather(
    directory: SeriesDirectory, plan: Plan, work: Workspace | None, environment: dict[str, str],
    now: int,
) -> SeriesStatus:  # fmt: skip
    """Where the series stands; `work` is `None` where there is no store.

    `environment` is the caller's, on which evidence may depend. Raises `StackerError` when lock,
    plan and patches do not fit together.
    """
    raw = directory.read("series.lock")
    lock = parse_lock(raw) if raw is not None else Lock()
    new = renames(lock, plan)
    lock, counts = renamed_lock(lock, new), _patch_counts(directory, plan, new)
    series = _series(directory, plan, work, lock)
    more = deeper.NOTHING
    if work is not None and series is not None:
        more = deeper.look(work, series, environment)
    stages = _stages(directory, plan, lock, more, counts)
    # Of what has landed nothing of the forge's is shown, and nobody reads it again.
    read = [s.opinion.read_at for s in stages if s.opinion is not None and s.landing is None]
    return SeriesStatus(
        name=plan.name,
        title=plan.title,
        version=lock.version,
        now=now,
        upstreams=tuple(_upstream(r.name, lock, work, plan) for r in plan.repositories),
        stages=stages,
        groups=groups_of(plan, stages, partial(line_of_group, directory.plan_file)),
        edits=series.edits if series is not None else _edits(plan, lock, counts),
        stopped=more.stopped,
        folders=open_folders(directory.state, plan.order, stopped=more.stopped is not None),
        unfinished=_unfinished(directory, plan, work, now),
        forge_read_at=min(read, default=None),
        in_store=series is not None or not lock.stages,
        has_checks=bool(plan.checks),
        platforms=tuple(one.name for one in plan.platforms),
        boxes=boxes.read(directory.state),
    )


def _series(
    directory: SeriesDirectory, plan: Plan, work: Workspace | None, lock: Lock
) -> Series | None:
    """The series, if the store has what it stands on."""
    if work is None or not all(work.store.find(base) for base in lock.bases.values()):
        return None
    return load(directory.files(), work.store, plan)


def _patch_counts(directory: SeriesDirectory, plan: Plan, new: Renames) -> dict[StageId, int]:
    """How many patches each stage has; those of a renamed one may lie under its old id."""
    old = {to: name for name, to in new.items()}
    return {s: len(directory.patches(s) or directory.patches(old.get(s, s))) for s in plan.order}


def _edits(plan: Plan, lock: Lock, counts: Mapping[StageId, int]) -> tuple[str, ...]:
    """What plan and file names alone tell to be other than the lock has it."""
    found = []
    for stage in plan.order:
        line, count = lock.stage(stage), counts[stage]
        if line is None and count:
            found.append(f"{stage} is new")
        elif line is not None and not line.landed and len(line.trees) != count:
            found.append(f"patches of {stage} were edited")
    gone = [line.stage for line in lock.stages if line.stage not in plan.order]
    return (*found, *(f"{stage} was taken out of the plan" for stage in gone))


def _stages(
    directory: SeriesDirectory,
    plan: Plan,
    lock: Lock,
    more: Deeper,
    counts: Mapping[StageId, int],
) -> tuple[StageStatus, ...]:
    pulls = known_pulls(directory.state)
    restack = needs_restack(plan, lock, _merged(plan, lock, pulls))
    found = []
    for stage_id in plan.order:
        stage, line = plan.stage(stage_id), lock.stage(stage_id)
        repository, group = plan.repository(stage.repository), plan.group_of(stage_id)
        number = line.pull if line else None
        pull = pulls.get((repository.upstream, number)) if number else None
        published = line.published if line else None
        found.append(
            StageStatus(
                id=stage_id,
                repository=stage.repository,
                upstream=repository.upstream,
                group=group.name if group else None,
                needs=stage.needs,
                patches=counts[stage_id],
                on_forge=repository.kind is UpstreamKind.FORGE,
                hand_off=repository.landing is Landing.HAND_OFF,
                commit=line.commit if line else None,
                pull=number,
                published=PublishedAs(
                    published.version,
                    published.head,
                    more.changed.get(stage_id),
                    more.others.get(stage_id),
                )
                if published
                else None,
                landing=(line.landing if line else None) or more.arrived.get(stage_id),
                landed=line is not None and line.landed,
                release=line.release if line else None,
                reverted=more.reverted.get(stage_id) or (line.reverted if line else None),
                stopped_on=more.stopped_on.get(stage_id),
                restack=restack.get(stage_id, ()),
                evidence=more.evidence.get(stage_id),
                opinion=opinion(pull, more.earlier.get(stage_id)) if pull else None,
                adopts=_adopts(stage, line, repository.upstream, pulls),
                package=more.packages.get(stage_id),
            )
        )
    return tuple(found)


def _merged(
    plan: Plan, lock: Lock, pulls: Mapping[tuple[str, int], KnownPull]
) -> tuple[StageId, ...]:
    """The stages whose pull request the forge called merged."""
    found = []
    for stage_id in plan.order:
        line = lock.stage(stage_id)
        upstream = plan.repository(plan.stage(stage_id).repository).upstream
        pull = pulls.get((upstream, line.pull)) if line and line.pull else None
        if pull is not None and pull.state is PullState.MERGED:
            found.append(stage_id)
    return tuple(found)


def _adopts(
    stage: Stage,
    line: StageLock | None,
    upstream: str,
    pulls: Mapping[tuple[str, int], KnownPull],
) -> Adopts | None:
    number, taken = stage.adopts, line.adopted if line else None
    if number is None or (stage.pushes_to is not None and line is not None and line.pull):
        return None
    pull = pulls.get((upstream, number))
    more = pull.head != taken if pull and taken and pull.state is not PullState.MERGED else None
    return Adopts(number, pull.state if pull else None, more)


def _upstream(name: str, lock: Lock, work: Workspace | None, plan: Plan) -> UpstreamStatus:
    branch = plan.repository(name).branch or "HEAD"
    base = lock.bases.get(name)
    tip = known_tip(work.store, work.upstreams[name]) if work else None
    if work is None or tip is None:
        return UpstreamStatus(name, branch, base, None, None, None)
    known = base is not None and work.store.find(base) is not None
    ahead = len(first_parents(work.store, base, tip)) if base is not None and known else None
    ref = work.store.git.directory / work.upstreams[name].ref
    seen = int(ref.stat().st_mtime) if ref.is_file() else None
    return UpstreamStatus(name, branch, base, tip, ahead, seen)


def _unfinished(
    directory: SeriesDirectory, plan: Plan, work: Workspace | None, now: int
) -> tuple[Unfinished, ...]:
    found = list(unfinished_landings(directory, plan, work, now))
    if intents.read(directory.state) or journal.begun(directory.state):
        far = journal.how_far(directory.state)
        found.append(Unfinished(f"a submit is unfinished{far}", "stacker submit"))
    if work is not None and ondisk.pending(work.store, work.directory):
        found.append(Unfinished("a command was killed while it wrote its files", "stacker rebase"))
    return tuple(found)
