"""Chains: which stages a stage stands on, in its own repository and through the others.

All answers come in `Plan.order` (needs first, else as written), so two stages that stand on the
same ones have chains with an equal beginning: `chain(p, x)[:-1]` is a key to share work by.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stacker.series.plan import Plan, StageId


def needs_closure(plan: Plan, stage_id: StageId) -> frozenset[StageId]:
    """All that a stage needs, directly or not, in every repository; without itself."""
    found: set[StageId] = set()
    waiting = list(plan.stage(stage_id).needs)
    while waiting:
        need = waiting.pop()
        if need not in found:
            found.add(need)
            waiting += plan.stage(need).needs
    return frozenset(found)


def below(plan: Plan, stage_id: StageId) -> tuple[StageId, ...]:
    """The stage's chain without itself: what its own change is made on top of."""
    here = plan.stage(stage_id).repository
    needed = needs_closure(plan, stage_id)
    return plan.in_order(need for need in needed if plan.stage(need).repository == here)


def chain(plan: Plan, stage_id: StageId) -> tuple[StageId, ...]:
    """All that a stage needs in its own repository, followed through others, then itself."""
    return (*below(plan, stage_id), plan.stage(stage_id).id)


def direct_needs_here(plan: Plan, stage_id: StageId) -> tuple[StageId, ...]:
    """The nearest needs in the stage's own repository.

    A need of another repository stands for those of this repository that it needs in turn.
    """
    here = plan.stage(stage_id).repository
    found: set[StageId] = set()
    seen: set[StageId] = set()
    waiting = list(plan.stage(stage_id).needs)
    while waiting:
        need = waiting.pop()
        if need in seen:
            continue
        seen.add(need)
        if plan.stage(need).repository == here:
            found.add(need)
        else:
            waiting += plan.stage(need).needs
    return plan.in_order(found)


def foreign_needs(plan: Plan, stage_id: StageId) -> tuple[StageId, ...]:
    """All that a stage needs in other repositories: they order its landing, add no commits."""
    here = plan.stage(stage_id).repository
    needed = needs_closure(plan, stage_id)
    return plan.in_order(need for need in needed if plan.stage(need).repository != here)


def dependents(plan: Plan, stage_id: StageId) -> tuple[StageId, ...]:
    """All stages that need this one, directly or not, in every repository."""
    reached = {plan.stage(stage_id).id}
    for later in plan.order:  # needs come first, so one pass meets each after all it needs
        if not reached.isdisjoint(plan.stage(later).needs):
            reached.add(later)
    return plan.in_order(reached - {stage_id})


def landing_order(plan: Plan, ids: Iterable[StageId]) -> tuple[StageId, ...]:
    """The given stages in the order in which they may land; raises `UsageError` on an unknown."""
    return plan.in_order([plan.stage(stage_id).id for stage_id in ids])
