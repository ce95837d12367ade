"""What only the object store can tell: evidence, changes since publication, a stopped rebase."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from stacker.forge.api import PullState
from stacker.handoff.finding import proved
from stacker.handoff.made import is_current
from stacker.handoff.proof import is_handed_over
from stacker.landed.returning import lost, without_lost
from stacker.rebase import attempt as attempts
from stacker.rebase.flow import dry_run
from stacker.rebase.upstream_has import upstream_has
from stacker.series.compose import Halted, Waiting
from stacker.series.lock import Reverted
from stacker.series.workspace import known_tip
from stacker.status.approvals import earlier
from stacker.status.pushed import published_pulls, pushed_by_others
from stacker.status.value import Stopped
from stacker.submit.heads import HeadsRequest, compose_heads
from stacker.verify.recorded import evidence_of, looking

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stacker.approvals.standing import Known
    from stacker.git.objects import Oid
    from stacker.rebase.attempt import Attempt
    from stacker.series.loading import Series
    from stacker.series.plan.model import StageId
    from stacker.series.workspace import Workspace
    from stacker.verify.standing import Evidence

# Merges that a status may make: more would be felt. What it leaves out it does not claim.
_MOST_MERGES = 60


@dataclass(frozen=True, slots=True)
class Deeper:
    """By stage: its evidence, whether it changed since it was published, the head that others
    pushed since, what it stopped on, what upstream took out again since the series' base, what is
    known of earlier heads that were approved, the commit by which upstream has what was handed
    over or merged, and whether its package is what it is to be."""

    evidence: Mapping[StageId, Evidence]
    changed: Mapping[StageId, bool]
    others: Mapping[StageId, Oid]
    stopped: Stopped | None
    stopped_on: Mapping[StageId, StageId]
    reverted: Mapping[StageId, Reverted]
    earlier: Mapping[StageId, Mapping[str, Known]]
    arrived: Mapping[StageId, Oid]
    packages: Mapping[StageId, bool]


_NONE: Mapping[StageId, Any] = MappingProxyType({})
NOTHING = Deeper(_NONE, _NONE, _NONE, None, _NONE, _NONE, _NONE, _NONE, _NONE)


def look(work: Workspace, series: Series, environment: Mapping[str, str]) -> Deeper:
    """All of it; where files were edited by hand, evidence and changes are not known."""
    stopped, stopped_on = _stopped(work, series)
    others, tips = _others(work, series), _tips(work, series)
    reverted, arrived = _upstream(work, series, tips)
    arrived |= _merged(work, series, tips)
    before = earlier(work, series)
    if series.edits:
        return Deeper({}, {}, others, stopped, stopped_on, reverted, before, arrived, {})
    evidence = evidence_of(looking(work, series, environment))
    changed = _changed(work, series)
    return Deeper(
        evidence, changed, others, stopped, stopped_on, reverted, before, arrived,
        _packages(work, series),
    )  # fmt: skip


def _packages(work: Workspace, series: Series) -> dict[StageId, bool]:
    handed = (s for s in series.live if is_handed_over(series, s) and series.patches.get(s))
    found = ((s, is_current(work.store, series, s, work.directory.state)) for s in handed)
    return {stage: known for stage, known in found if known is not None}


def _tips(work: Workspace, series: Series) -> dict[str, Oid]:
    """Upstream's tips as they were last fetched, where the series does not stand on them."""
    return {
        name: tip
        for name, base in series.lock.bases.items()
        if name in work.upstreams
        and (tip := known_tip(work.store, work.upstreams[name])) != base
        and tip is not None
    }


def _upstream(
    work: Workspace, series: Series, tips: Mapping[str, Oid]
) -> tuple[dict[StageId, Reverted], dict[StageId, Oid]]:
    """The landings that these tips have no more, and what they have of stages that were handed
    over."""
    found = lost(work.store, series, tips)
    reverted = {one.stage: Reverted(one.landing, one.by) for one in found if one.by is not None}
    return reverted, proved(work.store, without_lost(series, found), tips)


def _merged(work: Workspace, series: Series, tips: Mapping[str, Oid]) -> dict[StageId, Oid]:
    """Where a member of a group was merged, all that trees prove of what upstream has now."""
    merged = any(
        pull.state is PullState.MERGED and series.plan.group_of(stage) is not None
        for stage, _, pull in published_pulls(work, series)
    )
    if not merged or not tips or sum(map(len, series.patches.values())) > _MOST_MERGES:
        return {}
    found = upstream_has(work, series, {**series.lock.bases, **tips})
    return {stage: oid for stage, oid in found.items() if oid is not None}


def _changed(work: Workspace, series: Series) -> dict[StageId, bool]:
    """Whether the next `submit` would move a stage's head, as `submit` itself decides it."""
    stages: list[StageId] = []
    for stage in series.live:
        line = series.lock.stage(stage)
        published = line.published if line else None
        if published is None or work.store.find(published.head) is None:
            return {}  # a fresh clone has no published heads; they are not claimed to be anything
        stages.append(stage)
    if sum(len(series.patches[stage]) for stage in stages) > _MOST_MERGES:
        return {}
    heads = compose_heads(work.store, series, HeadsRequest(tuple(stages), False, ""))
    return {head.stage: head.moved for head in heads}


def _others(work: Workspace, series: Series) -> dict[StageId, Oid]:
    """The heads that others pushed, as far as the forge was asked."""
    return {
        stage: head
        for stage, published, pull in published_pulls(work, series)
        if (head := pushed_by_others(work.store, published, pull)) is not None
    }


def _stopped(work: Workspace, series: Series) -> tuple[Stopped | None, dict[StageId, StageId]]:
    attempt = attempts.read(work.directory.state)
    if attempt is None:
        return None, {}
    moved = tuple((n, oid) for n, oid in attempt.targets.items() if series.lock.bases.get(n) != oid)
    targets = moved or tuple(attempt.targets.items())
    edit = attempt.edit.stage if attempt.edit else None
    # What was edited is part of a restack that stopped, and in the way of a rebase.
    edited = bool(series.edits) and attempt.targets != dict(series.lock.bases)
    if edited or not _is_cheap(work, series, attempt):
        return Stopped(targets, (), edit), {}
    outcomes, _, _ = dry_run(work, series, attempt)
    stopped_on: dict[StageId, StageId] = {}
    for stage, outcome in outcomes.items():
        if isinstance(outcome, Halted):
            stopped_on[stage] = stage
        elif isinstance(outcome, Waiting):
            stopped_on[stage] = outcome.on
    there = tuple(s for s, on in stopped_on.items() if s == on)
    return Stopped(targets, there, edit), stopped_on


def _is_cheap(work: Workspace, series: Series, attempt: Attempt) -> bool:
    """Whether composing again takes less than about a second: most results are remembered."""
    there = all(work.store.find(oid) is not None for oid in attempt.targets.values())
    done = {old for old, _ in attempt.picks}
    left = [p for patches in series.patches.values() for p in patches if p.commit not in done]
    return there and len(left) <= _MOST_MERGES
