"""`verify`: gather what was shown before, say the price, build the rest, remember each result."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from stacker.evidence.store import EvidenceStore
from stacker.git.worktree import remove_tree
from stacker.verify.attempts import attempted
from stacker.verify.cells import cells_of
from stacker.verify.earlier import fresh
from stacker.verify.holding import held_back
from stacker.verify.looking_back import earlier_results
from stacker.verify.price import price
from stacker.verify.request import Ended, Missing, Priced, Started, VerifyResult, not_run, recorded
from stacker.verify.toolchain import toolchains

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from stacker.evidence.record import Record
    from stacker.series.plan.model import Plan
    from stacker.verify.matrix import Cell
    from stacker.verify.request import CellResult, Event, VerifyRequest

EVIDENCE = "evidence.sqlite"


def verify(request: VerifyRequest, say: Callable[[Event], None]) -> VerifyResult:
    """Run the checks that lack evidence; what was recorded stays, also when this is interrupted."""
    remove_tree(request.builds)  # what a killed run left
    with EvidenceStore(request.folder / EVIDENCE) as evidence:
        cells = cells_of(request, toolchains(request, evidence))
        known = {} if request.rerun else held(evidence, cells, own=request.own_evidence)
        before = earlier_results(request, evidence, cells, known)
        cost = price(cells, known, evidence.usual_seconds)
        say(Priced(cost))
        try:
            results = _results(request, cells, evidence, known, total=cost.to_run, say=say)
        finally:
            remove_tree(request.builds)
    results = [replace(one, earlier=before.get(one.where)) for one in results]
    return VerifyResult(_in_plan_order(request.plan, results))


def held(evidence: EvidenceStore, cells: Sequence[Cell], *, own: bool = False) -> dict[str, Record]:
    """The evidence that counts for `cells`, by key; with `own` only what ran here."""
    found = evidence.newest({cell.key for cell in cells}, own=own)
    return fresh(cells, found, time.time())


def why(request: VerifyRequest) -> tuple[Missing, ...]:
    """The cells that lack evidence, with what there was before; runs no check."""
    remove_tree(request.builds)
    with EvidenceStore(request.folder / EVIDENCE) as evidence:
        cells = cells_of(request, toolchains(request, evidence))
        known = held(evidence, cells, own=request.own_evidence)
        before = earlier_results(request, evidence, cells, known)
    return tuple(Missing(c, before.get(c.where)) for c in cells if c.key not in known)


def _results(
    request: VerifyRequest,
    cells: Sequence[Cell],
    evidence: EvidenceStore,
    known: Mapping[str, Record],
    *,
    total: int,
    say: Callable[[Event], None],
) -> list[CellResult]:
    built: dict[str, tuple[Record, str]] = {}
    results = []
    for cell in cells:
        if cell.key in known:
            results.append(recorded(request, cell, known[cell.key], cached=True))
        elif cell.cannot:
            results.append(not_run(cell, cell.cannot))
        elif cell.key in built:  # an equal tree was built just now
            record, reason = built[cell.key]
            results.append(recorded(request, cell, record, cached=True, reason=reason))
        elif reason := held_back(cell, results, fail_fast=request.fail_fast):
            results.append(not_run(cell, reason))
        else:
            say(Started(cell, len(built) + 1, total))
            record, reason = built[cell.key] = attempted(request, cell)
            if record.verdict.is_evidence:
                evidence.add(record)
            results.append(recorded(request, cell, record, cached=False, reason=reason))
            say(Ended(results[-1]))
    return results


def _in_plan_order(plan: Plan, results: Sequence[CellResult]) -> tuple[CellResult, ...]:
    """Stages as the plan orders them; checks and platforms stay as they are within a stage."""
    rank = {stage_id: position for position, stage_id in enumerate(plan.order)}
    return tuple(sorted(results, key=lambda result: rank[result.stage]))
