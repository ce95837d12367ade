"""Whether upstream's tip passes the checks of stages that were handed over, and is them thereby.

It is built as the stages are, with evidence of its own that counts for a landing: recorded here, or
signed. What passes is written down as the stage's landing, which the next rebase takes in.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from stacker.evidence.record import Verdict
from stacker.handoff.offered import is_by_check, offered
from stacker.series.saving import save
from stacker.series.workspace import fetch_tip, known_tip
from stacker.verify.flow import verify
from stacker.verify.stage_tree import StageTree

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from stacker.git.objects import Oid
    from stacker.git.transfer import Told
    from stacker.handoff.offered import Offered
    from stacker.series.loading import Series
    from stacker.series.plan.model import StageId
    from stacker.series.workspace import Workspace
    from stacker.verify.request import CellResult, Event, VerifyRequest


@dataclass(frozen=True, slots=True)
class Arrival:
    """What upstream has, and what the stage's checks say of it."""

    what: Offered
    results: tuple[CellResult, ...]

    @property
    def proved(self) -> bool:
        """Whether all that must pass did, and anything must."""
        required = [one for one in self.results if one.required]
        return bool(required) and all(one.verdict is Verdict.PASSED for one in required)


def arriving(
    work: Workspace, series: Series, stages: Sequence[StageId], told: Told | None, *, fetch: bool
) -> tuple[Offered, ...]:
    """What upstream has by now of those of `stages` that checks prove (of all, if none)."""
    asked = [s for s in series.live if is_by_check(series, s) and s in (stages or series.live)]
    homes = {series.plan.stage(s).repository for s in asked}
    tips: dict[str, Oid] = {}
    for name in homes & series.lock.bases.keys():
        upstream = work.upstreams[name]
        tip = fetch_tip(work.store, upstream, told) if fetch else known_tip(work.store, upstream)
        tips |= {name: tip} if tip is not None else {}
    return tuple(one for one in offered(work.store, series, tips) if one.stage in asked)


def check_arrivals(
    work: Workspace,
    series: Series,
    request: VerifyRequest,
    found: tuple[Offered, ...],
    say: Callable[[Event], None],
) -> tuple[Arrival, ...]:
    """Run the checks on what upstream has, and record what they prove."""
    if not found:
        return ()
    trees = {one.stage: _tree(work, series, one) for one in found}
    asked = replace(request, stages=trees, selection=(), ci={}, own_evidence=True)
    results = verify(asked, say).results
    arrivals = tuple(
        Arrival(one, tuple(r for r in results if r.stage == one.stage)) for one in found
    )
    lock = series.lock
    for one in arrivals:
        line = lock.stage(one.what.stage)
        if one.proved and line is not None:
            lock = lock.updated(line._replace(landing=one.what.commit, reverted=None))
    if lock != series.lock:
        save(
            work.directory, work.store, series.files, lock,
            loaded=series.files, command="verify", reason=f"v{lock.version}", now=work.now,
            by=work.person,
        )  # fmt: skip
    return arrivals


def _tree(work: Workspace, series: Series, one: Offered) -> StageTree:
    home = series.plan.stage(one.stage).repository
    return StageTree(one.stage, home, one.tip, one.tip, work.store.commit(one.tip).tree)
