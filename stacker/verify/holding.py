"""What holds a cell back, seen what came before it: an abort, a failure, or a check that it needs.

Pure.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stacker.evidence.record import Verdict
from stacker.verify.aborting import aborts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stacker.series.plan.model import StageId
    from stacker.verify.matrix import Cell
    from stacker.verify.request import CellResult


@dataclass(frozen=True, slots=True)
class Held:
    """Why a cell does not run, in words; `aborted_at` is the stage that aborted it, if one did."""

    reason: str
    aborted_at: StageId | None = None


def held_back(cell: Cell, results: Iterable[CellResult], *, fail_fast: bool) -> Held | None:
    """Why the cell does not run after these results; None when it may.

    With `fail_fast` nothing runs after the first check that had to pass and did not. What could
    not run is no failure, but what needs it cannot run either.
    """
    for one in results:
        if aborts(one) and one.column == cell.column:
            return Held(f"not begun: at {one.stage} {one.reason}", one.stage)
        if fail_fast and one.required and one.verdict.is_red:
            return Held(f"left out after {one.check} failed at {one.stage}")
        here = (one.stage, one.platform) == (cell.stage, cell.platform.name)
        if here and one.check in cell.check.needs and one.verdict is not Verdict.PASSED:
            return Held(f"it needs {one.check}, which {one.verdict.words} there")
    return None
