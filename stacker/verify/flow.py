"""`verify`: gather what was shown before, say the price, build the rest, remember each result."""

from __future__ import annotations

import time
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

from stacker.evidence.store import EvidenceStore
from stacker.git.worktree import remove_tree
from stacker.verify.attempts import attempted
from stacker.verify.build import Builder
from stacker.verify.carried import carried
from stacker.verify.cells import cells_of
from stacker.verify.course import Course
from stacker.verify.earlier import fresh
from stacker.verify.lane import lane_name
from stacker.verify.lanes import in_lanes
from stacker.verify.looking_back import earlier_results
from stacker.verify.order import in_order
from stacker.verify.price import price
from stacker.verify.request import Ended, Missing, Priced, Started, VerifyResult
from stacker.verify.runner import Stop
from stacker.verify.toolchain import toolchains

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from stacker.evidence.record import Record
    from stacker.series.plan.model import Plan
    from stacker.verify.matrix import Cell
    from stacker.verify.request import CellResult, Event, VerifyRequest

EVIDENCE = "evidence.sqlite"


def verify(request: VerifyRequest, say: Callable[[Event], None]) -> VerifyResult:
    """Run the checks that lack evidence; what was recorded stays, also when this is interrupted."""
    tidy(request)
    with EvidenceStore(request.folder / EVIDENCE) as evidence:
        cells = in_order(
            request.plan, cells_of(request, toolchains(request, evidence), carried(request))
        )
        known = {} if request.rerun else held(evidence, cells, own=request.own_evidence)
        before = earlier_results(request, evidence, cells, known)
        say(Priced(price(cells, known, evidence.usual_seconds)))
        course = Course(request, cells, known)
        try:
            build(request, course, evidence, say)
        finally:
            remove_tree(request.builds)
    results = [replace(one, earlier=before.get(one.where)) for one in course.results()]
    return VerifyResult(in_plan_order(request.plan, results))


def held(evidence: EvidenceStore, cells: Sequence[Cell], *, own: bool = False) -> dict[str, Record]:
    """The evidence that counts for `cells`, by key; with `own` only what ran here, clean."""
    found = evidence.newest({cell.key for cell in cells}, own=own)
    good = {key: record for key, record in found.items() if record.clean or not own}
    return fresh(cells, good, time.time())


def why(request: VerifyRequest) -> tuple[Missing, ...]:
    """The cells that lack evidence, with what there was before; runs no check."""
    remove_tree(request.builds)
    with EvidenceStore(request.folder / EVIDENCE) as evidence:
        cells = cells_of(request, toolchains(request, evidence), carried(request))
        known = held(evidence, cells, own=request.own_evidence)
        before = earlier_results(request, evidence, cells, known)
    return tuple(Missing(c, before.get(c.where)) for c in cells if c.key not in known)


def tidy(request: VerifyRequest) -> None:
    """Remove what a killed run left, and the lanes of what the plan no longer has."""
    remove_tree(request.builds)
    plan = request.plan
    names = {lane_name(p.name, check.name) for p in plan.platforms for check in plan.checks}
    for lane in request.lanes.glob("*/"):
        if lane.name not in names:
            remove_tree(lane)


def build(
    request: VerifyRequest,
    course: Course,
    evidence: EvidenceStore,
    say: Callable[[Event], None],
) -> None:
    """Build what has to be, record each result, and say so."""
    cells = course.to_build()
    numbers = iter(range(1, len(cells) + 1))

    def starting(cell: Cell) -> None:
        usual = evidence.usual_seconds(cell.check.name, cell.platform.name)
        say(Started(cell, next(numbers), len(cells), usual))

    stop = Stop()
    builder = Builder(request, stop)
    running = in_lanes(
        cells, request.jobs, lambda cell: attempted(builder, cell),
        turn=course.turn, starting=starting, stop=stop,
    )  # fmt: skip
    with closing(running):
        for cell, (record, reason) in running:
            if record.verdict.is_evidence:
                evidence.add(record)
            say(Ended(course.note(cell, record, reason)))


def in_plan_order(plan: Plan, results: Sequence[CellResult]) -> tuple[CellResult, ...]:
    """Stages as the plan orders them; checks and platforms stay as they are within a stage."""
    rank = {stage_id: position for position, stage_id in enumerate(plan.order)}
    return tuple(sorted(results, key=lambda result: rank[result.stage]))
