"""How much of each group upstream has, as far as lock, store and the forge's last word tell. Pure.

A merged pull request that no tree proves yet brought what its branch holds: all that it needs, too.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from stacker.landed.group import group_landings, torn_of
from stacker.series.plan.chains import below
from stacker.status.value import GroupStatus, StageState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from stacker.git.objects import Oid
    from stacker.series.plan.model import Plan, StageId
    from stacker.status.value import StageStatus

_THERE = (StageState.LANDED, StageState.IN_UPSTREAM)


def groups_of(
    plan: Plan, stages: Iterable[StageStatus], line_of: Callable[[str], int | None]
) -> tuple[GroupStatus, ...]:
    """Where the groups of a plan stand; `line_of` tells where the plan has the stages of one."""
    known = {one.id: one for one in stages}
    landings = group_landings(plan, _landings(plan, known))
    numbers = {one.id: one.pull for one in known.values() if one.pull is not None}
    found = []
    for name, landing in landings.items():
        ready = sum(known[s].ready or known[s].landed for s in landing.members)
        torn = torn_of(landing, numbers, partial(line_of, name))
        found.append(GroupStatus(name, landing.members, ready, landing.extent, torn))
    return tuple(found)


def _landings(plan: Plan, known: Mapping[StageId, StageStatus]) -> dict[StageId, Oid | None]:
    """What upstream has and has not taken out again."""
    there = {s for s, one in known.items() if one.state in _THERE and one.reverted is None}
    found: dict[StageId, Oid | None] = {s: known[s].landing for s in there}
    for stage in [s for s in there if known[s].landing is None]:
        if _is_elsewhere(plan, known[stage]):
            del found[stage]
            continue
        for need in below(plan, stage):
            if known[need].reverted is None:
                found.setdefault(need, None)
    return found


def _is_elsewhere(plan: Plan, one: StageStatus) -> bool:
    """Whether it was merged into another branch than upstream's, as one below it in the stack."""
    trunk = plan.repository(one.repository).branch
    return trunk is not None and one.opinion is not None and one.opinion.base not in ("", trunk)
