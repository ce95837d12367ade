"""What upstream has of the series on given tips, proved by trees, and in force there.

That is what a rebase onto them would find landed, and what left the series before and holds still.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from stacker.landed.group import torn_of
from stacker.landed.returning import lost
from stacker.rebase.attempt import Attempt
from stacker.rebase.flow import dry_run
from stacker.series.plan.locating import line_of_group

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stacker.git.objects import Oid
    from stacker.landed.group import GroupLanding, Torn
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


def torn_groups(
    work: Workspace, series: Series, landings: Mapping[str, GroupLanding]
) -> tuple[Torn, ...]:
    """Of the groups of which upstream has so much those that are torn."""
    numbers = {line.stage: line.pull for line in series.lock.stages if line.pull is not None}
    plan = work.directory.plan_file
    found = (torn_of(one, numbers, partial(line_of_group, plan, n)) for n, one in landings.items())
    return tuple(torn for torn in found if torn is not None)
