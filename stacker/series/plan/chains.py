"""Chains: which stages a stage stands on, in its own repository and through the others.

All answers come in `Plan.order` (needs first, else as written), so two stages that stand on the
same ones have chains with an equal beginning: `chain(p, x)[:-1]` is a key to share work by.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from stacker.series.plan.model import Plan, StageId


def needs_closure(plan: Plan, stage_id: StageId) -> frozenset[StageId]:
    """All that a stage needs, directly or not, in every repository; without itself."""
    return frozenset(plan.closures.names(_needed(plan, stage_id)))


def below(plan: Plan, stage_id: StageId) -> tuple[StageId, ...]:
    """The stage's chain without itself: what its own change is made on top of."""
    return plan.closures.names(_needed(plan, stage_id) & _siblings(plan, stage_id))


def chain(plan: Plan, stage_id: StageId) -> tuple[StageId, ...]:
    """All that a stage needs in its own repository, followed through others, then itself."""
    return (*below(plan, stage_id), plan.stage(stage_id).id)


def chains(plan: Plan, gone: Iterable[StageId] = ()) -> Mapping[StageId, tuple[StageId, ...]]:
    """The chain of every stage that is not `gone`, without those that are; in plan order."""
    return plan.closures.chains(gone)


def nearest(plan: Plan, stage_id: StageId, gone: Iterable[StageId] = ()) -> tuple[StageId, ...]:
    """The stages right below: those of its chain, but the `gone`, that no other one stands on."""
    under = _needed(plan, stage_id) & _siblings(plan, stage_id)
    return plan.closures.highest(under & ~plan.closures.mask(gone))


def foreign_needs(plan: Plan, stage_id: StageId) -> tuple[StageId, ...]:
    """All that a stage needs in other repositories: they order its landing, add no commits."""
    return plan.closures.names(_needed(plan, stage_id) & ~_siblings(plan, stage_id))


def _needed(plan: Plan, stage_id: StageId) -> int:
    return plan.closures.below(plan.stage(stage_id).id)


def _siblings(plan: Plan, stage_id: StageId) -> int:
    return plan.closures.at_home(plan.stage(stage_id).id)
