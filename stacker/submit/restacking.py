"""Which stages *need a restack*: upstream took in what they stand on, and they do not know. Pure.

It is never written down: it follows from the lock and from what the forge says, and is over once
the series is rebased on an upstream that has the need.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.series.plan.chains import below

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from stacker.series.lock import Lock
    from stacker.series.plan.model import Plan, StageId

NEEDS_RESTACK = "needs restack"


def upstream_took(lock: Lock, stage: StageId, *, merged: bool) -> bool:
    """Whether upstream has the stage, be it in the series' base yet or not; `merged` is what the
    forge says of its pull request. A landing that was reverted is none."""
    line = lock.stage(stage)
    if line is None:
        return False
    return line.landed or line.landing is not None or (merged and line.reverted is None)


def needs_restack(
    plan: Plan, lock: Lock, merged: Collection[StageId]
) -> Mapping[StageId, tuple[StageId, ...]]:
    """By stage what it stands on that upstream took since its base, in plan order; `merged` are
    those whose pull request the forge calls so. Of a need in another repository there is nothing
    in its commits."""
    took = {s for s in plan.order if upstream_took(lock, s, merged=s in merged)}
    landed = {line.stage for line in lock.stages if line.landed}
    found = {}
    for stage in plan.order:
        taken = tuple(s for s in below(plan, stage) if s in took and s not in landed)
        if taken and stage not in took:
            found[stage] = taken
    return found
