"""`verify`: gather what was shown before, say the price, build the rest, remember each result."""

from __future__ import annotations

import time
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from functools import partial
from operator import attrgetter
from threading import Lock
from typing import TYPE_CHECKING

from stacker.evidence.store import EvidenceStore
from stacker.git.worktree import remove_tree
from stacker.verify.attempts import attempted
from stacker.verify.build import Builder
from stacker.verify.building import built
from stacker.verify.cells import cells_of
from stacker.verify.course import Course
from stacker.verify.earlier import fresh
from stacker.verify.lane import lane_name, lane_of
from stacker.verify.logs import tidy_logs
from stacker.verify.looking_back import earlier_results
from stacker.verify.order import in_order
from stacker.verify.price import price
from stacker.verify.request import Ended, Missing, Priced, Started, VerifyResult
from stacker.verify.runner import Stop
from stacker.verify.site import Site
from stacker.verify.toolchain import toolchains

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from stacker.evidence.record import Record
    from stacker.series.plan.model import Plan
    from stacker.verify.matrix import Cell
    from stacker.verify.request import CellResult, Event, VerifyRequest

EVIDENCE = "evidence.sqlite"


def verify(request: VerifyRequest, say: Callable[[Event], None]) -> VerifyResult:
    """Run the checks that lack evidence; what was recorded stays, also when this is interrupted.

    `say` is called from several threads, but never by two at once.
    """
    _tidy(request)
    say = _in_turn(say)
    with EvidenceStore(request.folder / EVIDENCE) as evidence:
        cells = in_order(request.plan, cells_of(request, toolchains(request, evidence)))
        known = {} if request.rerun else held(evidence, cells, own=request.own_evidence)
        before = earlier_results(request, evidence, cells, known)
        say(Priced(price(cells, known, evidence.usual_seconds)))
        course = Course(request, cells, known)
        try:
            _build(request, course, evidence, say)
        finally:
            remove_tree(request.builds)
    results = [replace(one, earlier=before.get(one.where)) for one in course.results()]
    return VerifyResult(_in_plan_order(request.plan, results))


def held(evidence: EvidenceStore, cells: Sequence[Cell], *, own: bool = False) -> dict[str, Record]:
    """The evidence that counts for `cells`, by key; with `own` only what ran here, clean."""
    found = evidence.newest({cell.key for cell in cells}, own=own)
    good = {key: record for key, record in found.items() if record.clean or not own}
    return fresh(cells, good, time.time())


def why(request: VerifyRequest) -> tuple[Missing, ...]:
    """The cells that lack evidence, with what there was before; runs no check."""
    remove_tree(request.builds)
    with EvidenceStore(request.folder / EVIDENCE) as evidence:
        cells = cells_of(request, toolchains(request, evidence))
        known = held(evidence, cells, own=request.own_evidence)
        before = earlier_results(request, evidence, cells, known)
    return tuple(Missing(c, before.get(c.where)) for c in cells if c.key not in known)


def _tidy(request: VerifyRequest) -> None:
    """Remove what a killed run left, and the lanes of what the plan no longer has."""
    remove_tree(request.builds)
    tidy_logs(request.logs, time.time())
    plan = request.plan
    names = {lane_name(p.name, check.name) for p in plan.platforms for check in plan.checks}
    for lane in request.lanes.glob("*/"):
        if lane.name not in names:
            remove_tree(lane)


def _build(
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
    with _sites(request, cells, stop, say) as sites:
        running = built(cells, sites, turn=course.turn, starting=starting, stop=stop)
        with closing(running):
            for cell, (record, reason) in running:
                if record.verdict.is_evidence:
                    evidence.add(record)
                say(Ended(course.note(cell, record, reason)))


@contextmanager
def _sites(
    request: VerifyRequest, cells: Sequence[Cell], stop: Stop, say: Callable[[Event], None]
) -> Iterator[dict[str, Site[tuple[Record, str]]]]:
    """This machine, and the runners that have something to build, by name."""
    here = Builder(request, stop)
    sites = {"": Site(partial(attempted, here), request.jobs, lane_of)}
    with ExitStack() as stack:
        for runner in dict.fromkeys(cell.runner for cell in cells if cell.runner):
            from stacker.verify.bots import Bots  # noqa: PLC0415 - an HTTP client, seldom needed

            theirs = [cell for cell in cells if cell.runner == runner]
            bots = stack.enter_context(Bots(request, runner, theirs, stop, say))
            at_once = request.access[runner].at_once
            sites[runner] = Site(partial(attempted, bots), at_once, attrgetter("key"))
        yield sites


def _in_turn(say: Callable[[Event], None]) -> Callable[[Event], None]:
    one_at_a_time = Lock()

    def tell(event: Event) -> None:
        with one_at_a_time:
            say(event)

    return tell


def _in_plan_order(plan: Plan, results: Sequence[CellResult]) -> tuple[CellResult, ...]:
    """Stages as the plan orders them; checks and platforms stay as they are within a stage."""
    rank = {stage_id: position for position, stage_id in enumerate(plan.order)}
    return tuple(sorted(results, key=lambda result: rank[result.stage]))
