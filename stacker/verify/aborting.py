"""Aborted columns: a check that lacks something on a platform lacks it at every stage. Pure.

Nothing more of the check begins for that platform, and none of it speaks against a stage.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stacker.evidence.record import Verdict
from stacker.verify.exit_codes import ABORT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stacker.series.plan.model import StageId
    from stacker.verify.request import CellResult


@dataclass(frozen=True, slots=True, kw_only=True)
class Aborted:
    """A check that was aborted for a platform by its build at `stage`, and why, in words.

    `left` is at how many stages it was not begun for that.
    """

    check: str
    platform: str
    stage: StageId
    reason: str
    log: str
    left: int

    @property
    def column(self) -> tuple[str, str]:
        """Check and platform."""
        return self.check, self.platform


def aborts(one: CellResult) -> bool:
    """Whether it was built now and ends its column."""
    return (
        one.verdict is Verdict.COULD_NOT_RUN
        and bool(one.attempts)
        and one.attempts[-1].exit_code == ABORT
    )


def aborted(results: Iterable[CellResult]) -> tuple[Aborted, ...]:
    """The columns that were aborted, each told by the first result that does it."""
    by_column: dict[tuple[str, str], list[CellResult]] = {}
    for one in results:
        by_column.setdefault(one.column, []).append(one)
    return tuple(
        Aborted(
            check=by.check,
            platform=by.platform,
            stage=by.stage,
            reason=by.reason,
            log=by.log,
            left=sum(bool(one.aborted_at) for one in column),
        )
        for column in by_column.values()
        if (by := next(filter(aborts, column), None)) is not None
    )
