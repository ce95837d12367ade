"""What upstream has of the series on given tips, proved by trees, and in force there.

That is what a rebase onto them would find landed, and what left the series before and holds still.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.landed.returning import lost
from stacker.rebase.attempt import Attempt
from stacker.rebase.flow import dry_run

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stacker.git.objects import Oid
    from stacker.series.loading import Series
    from stacker.series.plan.model import StageId
    from stacker.series.workspace import Workspace


def upstream_has(
    work: Workspace, series: Series, targets: Mapping[str, Oid]
) -> dict[StageId, Oid | None]:
    """The stages that upstream has, and the commit that brought each, where the lock or a proof
    tells it. Only the store is written to."""
    missed = {one.stage for one in lost(work.store, series, targets)}
    gone = {
        line.stage: line.landing
        for line in series.lock.stages
        if line.landed and line.stage not in missed and line.reverted is None
    }
    _, landed, _ = dry_run(work, series, Attempt(dict(targets), {}))
    return {**gone, **landed}
