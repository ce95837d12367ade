"""What holds a cell back, seen what came before it: a check that it needs, or a failure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.evidence.record import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stacker.verify.matrix import Cell
    from stacker.verify.request import CellResult


def held_back(cell: Cell, results: Iterable[CellResult], *, fail_fast: bool) -> str:
    """Why the cell does not run after these results, in words; empty when it may.

    With `fail_fast` nothing runs after the first check that had to pass and did not. What could
    not run is no failure, but what needs it cannot run either.
    """
    for one in results:
        if fail_fast and one.required and one.verdict.is_red:
            return f"left out after {one.check} failed at {one.stage}"
        here = (one.stage, one.platform) == (cell.stage, cell.platform.name)
        if here and one.check in cell.check.needs and one.verdict is not Verdict.PASSED:
            return f"it needs {one.check}, which {one.verdict.words} there"
    return ""
