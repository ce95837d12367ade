"""The stages of a submit that get no pull request: is their proof there, or what is sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stacker.handoff.made import folder_of, is_current, made_of
from stacker.handoff.package import TEXT, called, is_there, package
from stacker.handoff.proof import is_handed_over, proof_of
from stacker.landed.returning import lost, without_lost
from stacker.rebase.attempt import Attempt
from stacker.rebase.flow import dry_run
from stacker.series.workspace import fetch_tip
from stacker.submit.actions import HandOver
from stacker.submit.wanting import parts_of
from stacker.submit.words.hand_off_text import HandOff, hand_off_text
from stacker.submit.words.titles import words_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stacker.forge.api import PullRequest
    from stacker.git.objects import Oid
    from stacker.git.transfer import Told
    from stacker.series.loading import Series
    from stacker.series.plan.model import StageId
    from stacker.series.workspace import Workspace


@dataclass(frozen=True, slots=True)
class HandedOver:
    """The series with what upstream has of its hand-off stages by now, those that still wait to be
    brought in, and what there is to say."""

    series: Series
    waiting: tuple[StageId, ...]
    said: tuple[str, ...]


def look_for(
    work: Workspace, series: Series, stages: Sequence[StageId], told: Told | None
) -> HandedOver:
    """Look for the hand-off stages among these; a proof that holds no more is forgotten, too."""
    asked = [s for s in stages if is_handed_over(series, s) and _is_live(series, s)]
    homes = dict.fromkeys(series.plan.stage(s).repository for s in asked)
    tips = {name: fetch_tip(work.store, work.upstreams[name], told) for name in homes}
    # Stages that have left come back by a rebase, which puts them into their chains again.
    gone = tuple(one for one in lost(work.store, series, tips) if not one.was_gone)
    series, bases = without_lost(series, gone), series.lock.bases
    there: Mapping[StageId, Oid] = {}
    if any(tips[name] != bases[name] for name in tips):
        there = dry_run(work, series, Attempt({**bases, **tips}, {}))[1]
    said = [f"{one.stage} {one.because}" for one in gone]
    for stage in asked:
        if (line := series.lock.stage(stage)) and (commit := there.get(stage)):
            series = series._replace(lock=series.lock.updated(line._replace(landing=commit)))
            said.append(f"{stage} is there as {commit[:10]}: `stacker rebase` takes that in")
    waiting = tuple(s for s in asked if s not in there and series.patches.get(s))
    state = work.directory.state
    said += [f"{stage} is handed over: {folder_of(state, stage) / TEXT}" for stage in waiting]
    return HandedOver(series, waiting, tuple(said))


def _is_live(series: Series, stage: StageId) -> bool:
    return series.lock.stage(stage) is not None and not series.landed(stage)


def outdated(work: Workspace, series: Series, stages: Sequence[StageId]) -> tuple[StageId, ...]:
    """Those whose packages lack what they are to have."""
    state = work.directory.state
    return tuple(s for s in stages if not is_current(work.store, series, s, state))


def packages(
    work: Workspace,
    series: Series,
    stages: Sequence[StageId],
    pulls: Mapping[StageId, PullRequest],
    *,
    move_base: bool,
) -> tuple[HandOver, ...]:
    """The packages that are to be written, because they are not there just so."""
    state, found = work.directory.state, list[HandOver]()
    for stage in stages:
        made = made_of(work.store, series, stage, state, move_base=move_base)
        proof = proof_of(work.store, series, stage, made.patches)
        if proof is None:
            continue
        repository = series.plan.repository(series.plan.stage(stage).repository)
        parts = parts_of(series, repository.name, pulls, {})
        title, body = words_of(series.plan, series.files, stage)
        what = HandOff(
            series=series.plan.title, part=next(p for p in parts if p.stage == stage),
            title=title, body=body, upstream=called(repository), branch=repository.branch,
            bundle=made.bundle, proof=proof,
        )  # fmt: skip
        wanted = package(
            work.store, series, stage, made.bundle,
            folder=folder_of(state, stage), proof=proof, text=hand_off_text(what, parts),
        )  # fmt: skip
        if not is_there(wanted):
            found.append(HandOver(repository.name, stage, wanted))
    return tuple(found)
