"""`verify --first-bad`: for each check and platform, at which stage of a tip's chain it breaks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import count
from typing import TYPE_CHECKING

from stacker.evidence.record import Verdict
from stacker.evidence.store import EvidenceStore
from stacker.git.worktree import remove_tree
from stacker.verify.aborting import aborts
from stacker.verify.bisecting import (
    FirstBad,
    NothingBad,
    OpenRange,
    Probe,
    Told,
    decide,
    probes_left,
)
from stacker.verify.columns import columns_of
from stacker.verify.course import Course
from stacker.verify.flow import build, cells_in, in_plan_order, tidy
from stacker.verify.known import EVIDENCE, held, jury_of
from stacker.verify.price import price
from stacker.verify.request import Bisected, FirstBadResult, Priced, Started, VerifyResult

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from stacker.evidence.record import Record
    from stacker.series.plan.model import StageId
    from stacker.verify.bisecting import Answer
    from stacker.verify.columns import Column
    from stacker.verify.matrix import Cell
    from stacker.verify.price import Price
    from stacker.verify.request import CellResult, Event, VerifyRequest

    Where = tuple[str, str, str]

_TOLD = {Verdict.PASSED: Told.GOOD, Verdict.FAILED: Told.BAD, Verdict.TIMED_OUT: Told.BAD}


def first_bad(request: VerifyRequest, say: Callable[[Event], None]) -> FirstBadResult:
    """Halve the chain of each tip, or of each of the selection's, by evidence and by builds.

    Builds only what decides; each result is recorded as `verify` does it.
    """
    tidy(request)
    with EvidenceStore(request.folder / EVIDENCE) as evidence:
        cells = cells_in(replace(request, selection=()), evidence, jury_of(request))
        columns = columns_of(request.plan, cells, request.selection)
        # Nothing here builds what CI does, nor asks it again.
        known = held(evidence, [one for one in cells if one.ci or not request.rerun])
        search = _Search(columns, Course(request, cells, known).results())
        say(Priced(_price(search, known, evidence.usual_seconds)))
        numbers = count(1)

        def told(event: Event) -> None:
            if isinstance(event, Started):
                event = replace(event, number=next(numbers), total=None)
            say(event)

        try:
            while probes := search.probes():
                wanted = _with_needs(cells, probes)
                course = Course(request, wanted, known)
                build(request, course, evidence, told)
                search.note(course.results())
                known |= held(evidence, wanted)
        finally:
            remove_tree(request.builds)
    results = VerifyResult(in_plan_order(request.plan, search.results()))
    return FirstBadResult(results, search.found())


@dataclass(frozen=True, slots=True)
class _Asked:
    """A column, what is known of it, and what is to be done about it."""

    column: Column
    told: Mapping[int, Told]
    answer: Answer


class _Search:
    """What is known of all columns so far."""

    def __init__(self, columns: Sequence[Column], known: Sequence[CellResult]) -> None:
        self._columns = columns
        self._results = {one.where: one for one in known}

    def note(self, results: Sequence[CellResult]) -> None:
        """Results of a round; the first that a cell has is told."""
        self._results = {one.where: one for one in results} | self._results

    def asked(self) -> list[_Asked]:
        """The columns whose needs have come to an answer, those needs before them.

        Where a needed check is bad there is nothing to ask: its dependents could not run. Nor is
        there once a check was aborted on that platform.
        """
        done: dict[Where, _Asked] = {}
        aborted = {one.column for one in self._results.values() if aborts(one)}
        closed = {one.where for one in self._results.values() if aborts(one) or one.aborted_at}
        for column in self._columns:
            needs = [(column.tip, need, column.platform) for need in column.needs]
            if any(isinstance(done[n].answer, Probe) for n in needs if n in done):
                continue
            spoilt = {stage for n in needs if n in done for stage in _spoilt(done[n])}
            told = {}
            for place, cell in enumerate(column.cells):
                if cell.where in self._results:
                    verdict = self._results[cell.where].verdict
                    told[place] = _TOLD.get(verdict, Told.CANNOT)
                elif cell.column in aborted or closed.intersection(_needed(cell)):
                    closed.add(cell.where)
                    told[place] = Told.CANNOT
                elif cell.stage in spoilt:
                    told[place] = Told.CANNOT
            done[column.where] = _Asked(column, told, decide(len(column.cells), told))
        return list(done.values())

    def probes(self) -> list[Cell]:
        """What to build next, at most one cell of each column."""
        return [
            one.column.cells[one.answer.place]
            for one in self.asked()
            if isinstance(one.answer, Probe)
        ]

    def results(self) -> list[CellResult]:
        """What is known, of the columns' cells only, in their order."""
        cells = dict.fromkeys(cell.where for column in self._columns for cell in column.cells)
        return [self._results[where] for where in cells if where in self._results]

    def found(self) -> tuple[Bisected, ...]:
        """The answers, without the tips that pass."""
        return tuple(
            self._bisected(one.column, one.answer)
            for one in self.asked()
            if isinstance(one.answer, FirstBad | OpenRange)
        )

    def _bisected(self, column: Column, answer: FirstBad | OpenRange) -> Bisected:
        stages = [cell.stage for cell in column.cells]
        known = [self._results[c.where] for c in column.cells if c.where in self._results]
        stage: StageId | None = None
        between: list[StageId] = []
        if isinstance(answer, FirstBad):
            first, bad, stage = answer.place, True, stages[answer.place]
        else:
            first, bad, between = answer.first, answer.bad, stages[answer.first : answer.last + 1]
        return Bisected(
            check=column.check,
            platform=column.platform,
            tip=column.tip,
            stage=stage,
            passes_at=stages[first - 1] if first else None,
            between=tuple(between),
            bad=bad,
            builds=sum(bool(one.attempts) and not one.cached for one in known),
        )


def _spoilt(needed: _Asked) -> list[str]:
    """The stages at which a needed check is bad, or has to be taken to be."""
    match needed.answer:
        case FirstBad(place) | OpenRange(_, place, bad=True):
            return [cell.stage for cell in needed.column.cells[place:]]
        case OpenRange() | NothingBad() | Probe():
            return []


def _needed(cell: Cell) -> list[Where]:
    """What the cell needs at its stage."""
    return [(cell.stage, need, cell.platform.name) for need in cell.check.needs]


def _with_needs(cells: Sequence[Cell], probes: Sequence[Cell]) -> list[Cell]:
    """The probes and the checks that they need there, in the order of `cells`."""
    wanted = {cell.where for cell in probes}
    for cell in reversed(cells):  # at a stage a check comes after those that it needs
        if cell.where in wanted:
            wanted.update(_needed(cell))
    return [cell for cell in cells if cell.where in wanted]


def _price(
    search: _Search, known: Mapping[str, Record], usual: Callable[[str, str], float | None]
) -> Price:
    """About what it takes: how much is asked depends on what comes out."""
    asked = search.asked()
    whole = price([cell for one in asked for cell in one.column.cells], known, usual)
    probes = sum(probes_left(len(one.column.cells), one.told) for one in asked)
    to_run = min(whole.to_run, probes)
    share = to_run / whole.to_run if whole.to_run else 0.0
    seconds = None if whole.seconds is None else whole.seconds * share
    first = next(iter(search.probes()), None)
    return replace(whole, to_run=to_run, seconds=seconds, first=first, about=True)
