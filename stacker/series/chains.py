"""Chains: which stages a stage stands on, in its own repository and through the others.

All answers come in `Plan.order` (needs first, else as written), so two stages that stand on the
same ones have chains with an equal beginning: `chain(p, x)[:-1]` is a key to share work by.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
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


def foreign_needs(plan: Plan, stage_id: StageId) -> tuple[StageId, ...]:
    """All that a stage needs in other repositories: they order its landing, add no commits."""
    here = plan.stage(stage_id).repository
    needed = needs_closure(plan, stage_id)
    return plan.in_order(need for need in needed if plan.stage(need).repository != here)
