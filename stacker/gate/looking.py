"""What upstream has of each group now: proved by trees, on tips that were just fetched.

Where the forge calls a member's pull request merged and no tree proves it, as when whoever merged
it changed it, it is looked at hunk by hunk: all of it must be there, and in force.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.forge.api import PullState
from stacker.git.beside import beside
from stacker.landed.fate import Landed, WithChanges
from stacker.landed.finding import Finder
from stacker.landed.group import group_landings
from stacker.landed.holding import with_gone
from stacker.landed.since import first_bases
from stacker.rebase.upstream_has import upstream_has
from stacker.series.workspace import fetch_tip

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from stacker.gate.reading import Pulls
    from stacker.git.objects import Oid
    from stacker.git.transfer import Told
    from stacker.landed.group import GroupLanding
    from stacker.series.loading import Series
    from stacker.series.plan.model import StageId
    from stacker.series.workspace import Workspace


def look(
    work: Workspace, series: Series, pulls: Pulls, told: Told | None = None
) -> dict[str, GroupLanding]:
    """How much of each group of more than one upstream has; nothing is fetched without any."""
    tied = {s for group in series.plan.groups if len(group.stages) > 1 for s in group.stages}
    homes = {series.plan.stage(s).repository for s in tied}
    names = [name for name in work.upstreams if name in homes and name in series.lock.bases]
    if not names:
        return group_landings(series.plan, {})
    tips = {name: fetch_tip(work.store, work.upstreams[name], told) for name in names}
    targets = {**series.lock.bases, **tips}
    landings = upstream_has(work, series, targets)
    each = [pair for own in pulls.values() for pair in own.items()]
    merged = [s for s, pull in each if pull.state is PullState.MERGED]
    asked = [s for s in merged if s in tied and s not in landings]
    if asked:
        landings |= _with_changes(work, series, targets, asked)
    return group_landings(series.plan, landings)


def _with_changes(
    work: Workspace, series: Series, targets: Mapping[str, Oid], asked: Collection[StageId]
) -> dict[StageId, Oid | None]:
    with beside(work.store) as store:
        what = with_gone(series.composition(store, targets, {}), series)
        finder = Finder(series, what, first_bases(work.store, series))
        fates = {stage: finder.fate(stage) for stage in asked}
    return {s: f.commit for s, f in fates.items() if isinstance(f, Landed | WithChanges)}
