"""`verify`: gather what was shown before, say the price, build the rest, remember each result."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from stacker.evidence.store import EvidenceStore
from stacker.git.worktree import remove_tree
from stacker.verify.build import Builder
from stacker.verify.cells import cells_of
from stacker.verify.lane import lane_name
from stacker.verify.lanes import in_lanes
from stacker.verify.order import in_order
from stacker.verify.price import price
from stacker.verify.request import Ended, Priced, Started, VerifyResult, not_run, recorded
from stacker.verify.runner import Stop

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from stacker.evidence.record import Record
    from stacker.series.plan.model import Plan
    from stacker.verify.matrix import Cell
    from stacker.verify.request import CellResult, Event, VerifyRequest

EVIDENCE = "evidence.sqlite"


def verify(request: VerifyRequest, say: Callable[[Event], None]) -> VerifyResult:
    """Run the checks that lack evidence; what was recorded stays, also when this is interrupted."""
    cells = in_order(request.plan, cells_of(request))
    _tidy(request)
    with EvidenceStore(request.folder / EVIDENCE) as evidence:
        known = {} if request.rerun else held(evidence, cells, own=request.own_evidence)
        cost = price(cells, known, evidence.usual_seconds)
        say(Priced(cost))
        try:
            built = _built(request, _to_run(cells, known), evidence, say)
        finally:
            remove_tree(request.builds)
    results = [_result(request, cell, known, built) for cell in cells]
    return VerifyResult(_in_plan_order(request.plan, results))


def held(evidence: EvidenceStore, cells: Sequence[Cell], *, own: bool = False) -> dict[str, Record]:
    """The evidence that there is for `cells`, by key; with `own` only what ran here, clean."""
    found = evidence.newest({cell.key for cell in cells}, own=own)
    return {key: record for key, record in found.items() if record.clean or not own}


def _tidy(request: VerifyRequest) -> None:
    """Remove what a killed run left, and the lanes of what the plan no longer has."""
    remove_tree(request.builds)
    plan = request.plan
    names = {lane_name(p.name, check.name) for p in plan.platforms for check in plan.checks}
    for lane in request.lanes.glob("*/"):
        if lane.name not in names:
            remove_tree(lane)


def _to_run(cells: Sequence[Cell], known: Mapping[str, Record]) -> list[Cell]:
    """What has to be built: of cells with equal trees the first."""
    once: dict[str, Cell] = {}
    for cell in cells:
        if cell.key not in known and not cell.cannot:
            once.setdefault(cell.key, cell)
    return list(once.values())


_Built = tuple["Cell", "Record", str]


def _built(
    request: VerifyRequest,
    cells: Sequence[Cell],
    evidence: EvidenceStore,
    say: Callable[[Event], None],
) -> dict[str, _Built]:
    """Build `cells`, record each, and say so; by key which cell was built, and what came of it."""
    built: dict[str, _Built] = {}
    numbers = iter(range(1, len(cells) + 1))

    def starting(cell: Cell) -> None:
        usual = evidence.usual_seconds(cell.check.name, cell.platform.name)
        say(Started(cell, next(numbers), len(cells), usual))

    stop = Stop()
    builder = Builder(request, stop)
    running = in_lanes(cells, request.jobs, builder.build, starting=starting, stop=stop)
    with closing(running):
        for cell, (record, reason) in running:
            built[cell.key] = (cell, record, reason)
            if record.verdict.is_evidence:
                evidence.add(record)
            say(Ended(recorded(request, cell, record, cached=False, reason=reason)))
    return built


def _result(
    request: VerifyRequest,
    cell: Cell,
    known: Mapping[str, Record],
    built: Mapping[str, _Built],
) -> CellResult:
    if cell.key in known:
        return recorded(request, cell, known[cell.key], cached=True)
    if cell.cannot:
        return not_run(cell)
    by, record, reason = built[cell.key]
    return recorded(request, cell, record, cached=cell is not by, reason=reason)


def _in_plan_order(plan: Plan, results: Sequence[CellResult]) -> tuple[CellResult, ...]:
    """Stages as the plan orders them; checks and platforms stay as they are within a stage."""
    rank = {stage_id: position for position, stage_id in enumerate(plan.order)}
    return tuple(sorted(results, key=lambda result: rank[result.stage]))
