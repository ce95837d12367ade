"""Which stages may not be published, for what their checks show. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stacker.forge.api import PullRequest
    from stacker.series.lock import Lock
    from stacker.series.plan.model import StageId
    from stacker.submit.actions import Wanted
    from stacker.verify.standing import Evidence, Standing


def anew(
    wanted: Sequence[Wanted], pulls: Mapping[StageId, PullRequest], lock: Lock
) -> tuple[StageId, ...]:
    """The stages that get a head or a pull request that they did not have when `lock` was written.

    A submit that was killed is not done: what it pushed is published anew by the next one.
    """
    found = []
    for one in wanted:
        line = lock.stage(one.stage)
        before = line.published.head if line is not None and line.published is not None else None
        if before != one.head.head or one.stage not in pulls:
            found.append(one.stage)
    return tuple(found)


def against(
    stages: Sequence[StageId], evidence: Mapping[StageId, Evidence], *, all_of_it: bool
) -> tuple[Standing, ...]:
    """What stands against publishing these stages: what is shown not to pass where it must; with
    `all_of_it` also what is not shown to pass, but for what upstream's CI builds only once it is
    published."""
    shown = [evidence[stage] for stage in stages if stage in evidence]
    lacking = (one for each in shown for one in each.lacking)
    return tuple(one for one in lacking if one.red or (all_of_it and not one.from_ci))
