"""`verify`: gather what was shown before, say the price, build the rest, remember each result."""

from __future__ import annotations

import time
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

from stacker.errors import StackerError
from stacker.evidence.signing import sign
from stacker.evidence.store import EvidenceStore
from stacker.git.worktree import remove_tree
from stacker.verify.building import built
from stacker.verify.carried import carried
from stacker.verify.cells import cells_of
from stacker.verify.ci_taking import take_in
from stacker.verify.course import Course
from stacker.verify.known import EVIDENCE, jury_of, known_of
from stacker.verify.lane import lane_name
from stacker.verify.logs import tidy_logs
from stacker.verify.looking_back import earlier_results
from stacker.verify.order import in_order
from stacker.verify.price import price
from stacker.verify.request import Ended, Missing, Priced, Started, VerifyResult
from stacker.verify.runner import Stop
from stacker.verify.signers import forget_gone
from stacker.verify.sites import in_turn, sites
from stacker.verify.toolchain import toolchains

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from stacker.evidence.record import Record
    from stacker.series.plan.model import Plan
    from stacker.verify.counting import Jury
    from stacker.verify.matrix import Cell
    from stacker.verify.request import CellResult, Event, VerifyRequest


def verify(
    request: VerifyRequest,
    say: Callable[[Event], None],
    hold: Callable[[Cell], str] = lambda _: "",
) -> VerifyResult:
    """Run the checks that lack evidence; what was recorded stays, also when this is interrupted.

    `say` is called from several threads, but never by two at once. `hold` is asked before a build
    begins, and may say in words why it shall not.
    """
    tidy(request)
    say = in_turn(say)
    jury = jury_of(request)
    with EvidenceStore(request.folder / EVIDENCE) as evidence:
        cells = in_order(request.plan, cells_in(request, evidence, jury))
        known, uncounted = known_of(request, evidence, cells, jury)
        before = earlier_results(request, evidence, cells, known)
        say(Priced(price(cells, known, evidence.usual_seconds)))
        course = Course(request, cells, known, hold)
        try:
            build(request, course, evidence, say)
        finally:
            remove_tree(request.builds)
    signed = {key: jury.signed_by(record) for key, record in course.records.items()}
    keys = {cell.where: cell.key for cell in cells}
    results = [
        replace(
            one,
            earlier=before.get(one.where),
            signed_by=signed.get(keys[one.where], ""),
            uncounted=uncounted.get(keys[one.where]),
        )
        for one in course.results()
    ]
    return VerifyResult(in_plan_order(request.plan, results))


def why(request: VerifyRequest) -> tuple[Missing, ...]:
    """The cells that lack evidence, with what there was before; runs no check."""
    remove_tree(request.builds)
    jury = jury_of(request)
    with EvidenceStore(request.folder / EVIDENCE) as evidence:
        cells = cells_in(request, evidence, jury)
        known, _ = known_of(request, evidence, cells, jury)
        before = earlier_results(request, evidence, cells, known)
    return tuple(Missing(c, before.get(c.where)) for c in cells if c.key not in known)


def cells_in(request: VerifyRequest, evidence: EvidenceStore, jury: Jury) -> tuple[Cell, ...]:
    """The cells of the request, after what the forge told of them was taken in."""
    return take_in(
        request, evidence, cells_of(request, toolchains(request, evidence, jury), carried(request))
    )


def tidy(request: VerifyRequest) -> None:
    """Remove what a killed run left, and the lanes of what the plan no longer has."""
    remove_tree(request.builds)
    tidy_logs(request.logs, time.time())
    plan = request.plan
    forget_gone(request.folder, plan)
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
    with sites(request, cells, stop, say) as places:
        running = built(cells, places, turn=course.turn, starting=starting, stop=stop)
        with closing(running):
            for cell, (ran, reason) in running:
                record = _recorded(request, evidence, ran) if ran.verdict.is_evidence else ran
                say(Ended(course.note(cell, record, reason)))


def _recorded(request: VerifyRequest, evidence: EvidenceStore, record: Record) -> Record:
    """Record a result, signed if that is asked; what can no longer be signed is kept, too."""
    try:
        signed = record if request.signing is None else sign(record, request.signing)
    except StackerError:
        evidence.add(record)
        raise
    evidence.add(signed)
    return signed


def in_plan_order(plan: Plan, results: Sequence[CellResult]) -> tuple[CellResult, ...]:
    """Stages as the plan orders them; checks and platforms stay as they are within a stage."""
    rank = {stage_id: position for position, stage_id in enumerate(plan.order)}
    return tuple(sorted(results, key=lambda result: rank[result.stage]))
