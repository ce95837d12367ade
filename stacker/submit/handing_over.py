"""The stages of a submit that get no pull request: is their proof there, or what is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.handoff.finding import proved
from stacker.handoff.package import TEXT, folder_of, is_there, package, packed_commit
from stacker.handoff.proof import is_handed_over, proof_of
from stacker.landed.returning import lost, without_lost
from stacker.series.texts import stage_text
from stacker.series.workspace import fetch_tip
from stacker.submit.actions import HandOver
from stacker.submit.hand_off_text import HandOff, hand_off_text
from stacker.submit.wanting import parts_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from stacker.forge.api import PullRequest
    from stacker.git.transfer import Told
    from stacker.series.loading import Series
    from stacker.series.plan.model import StageId
    from stacker.series.workspace import Workspace


def looked_for(
    work: Workspace, series: Series, stages: Sequence[StageId], told: Told | None
) -> tuple[Series, tuple[StageId, ...], tuple[str, ...]]:
    """The series with what upstream has of its hand-off stages by now, those that still wait to be
    brought in, and what there is to say.

    A proof that was found before and holds no more is forgotten, too.
    """
    asked = [s for s in stages if is_handed_over(series, s) and _is_live(series, s)]
    homes = dict.fromkeys(series.plan.stage(s).repository for s in asked)
    tips = {name: fetch_tip(work.store, work.upstreams[name], told) for name in homes}
    if not tips:
        return series, (), ()
    before = series.lock
    # Stages that have left come back by a rebase, which puts them into their chains again.
    gone = tuple(one for one in lost(work.store, series, tips) if not one.was_gone)
    series = without_lost(series, gone)
    there = proved(work.store, series, tips)
    said: list[str] = []
    for stage in asked:
        line, old, commit = series.lock.stage(stage), before.stage(stage), there.get(stage)
        assert line is not None
        assert old is not None
        upstream = series.plan.repository(line.repository).upstream
        if commit is not None:
            series = series._replace(lock=series.lock.updated(line._replace(landing=commit)))
            said.append(
                f"{stage}: {upstream} has it as {commit[:10]}; `stacker rebase` takes it in"
            )
        elif old.landing is not None and line.landing is None:
            said.append(f"{stage}: {upstream} had it as {old.landing[:10]} and took it out again")
    waiting = tuple(s for s in asked if s not in there and series.patches.get(s))
    said += [f"{s} is handed over: {folder_of(work.directory.state, s) / TEXT}" for s in waiting]
    return series, waiting, tuple(said)


def _is_live(series: Series, stage: StageId) -> bool:
    return series.lock.stage(stage) is not None and not series.landed(stage)


def outdated(state: Path, series: Series, stages: Sequence[StageId]) -> tuple[StageId, ...]:
    """Those whose package is not of the commits that they have now."""
    lines = ((stage, series.lock.stage(stage)) for stage in stages)
    return tuple(s for s, line in lines if line and packed_commit(state, s) != line.commit)


def packages(
    work: Workspace,
    series: Series,
    stages: Sequence[StageId],
    pulls: Mapping[StageId, PullRequest],
) -> tuple[HandOver, ...]:
    """The packages that are to be written, because they are not there just so."""
    found: list[HandOver] = []
    for stage in stages:
        proof = proof_of(work.store, series, stage)
        if proof is None:
            continue
        repository = series.plan.repository(series.plan.stage(stage).repository)
        parts = parts_of(series, repository.name, pulls)
        title, body = stage_text(series.files.get(f"series/{stage}.md"), stage)
        wanted = package(work.store, series, stage, state=work.directory.state, proof=proof)
        what = HandOff(
            series=series.plan.title, part=next(p for p in parts if p.stage == stage),
            title=title, body=body, upstream=repository.upstream, branch=repository.branch,
            bundle=wanted.bundle, proof=proof,
        )  # fmt: skip
        wanted = wanted.with_text(hand_off_text(what, parts))
        if not is_there(wanted):
            found.append(HandOver(repository.name, stage, wanted))
    return tuple(found)
