"""What has come out so far, and whose turn it is."""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING

from stacker.verify.holding import Held, held_back
from stacker.verify.request import not_run, recorded

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from stacker.evidence.record import Record
    from stacker.verify.matrix import Cell
    from stacker.verify.request import CellResult, VerifyRequest


class Turn(Enum):
    """Whether a cell may be built."""

    NOW = auto()
    LATER = auto()  # a check that it needs has not come to its end
    NEVER = auto()


class Course:
    """One `verify` on its way: `known` is the evidence that there was, by key.

    `hold` says in words why a cell shall not begin, whatever the plan has; empty when it may.
    """

    def __init__(
        self,
        request: VerifyRequest,
        cells: Sequence[Cell],
        known: Mapping[str, Record],
        hold: Callable[[Cell], str] = lambda _: "",
    ) -> None:
        self._request, self._cells, self._known, self._hold = request, cells, known, hold
        self._built: dict[str, tuple[Cell, Record, str]] = {}
        self._left: dict[str, Held] = {}

    def to_build(self) -> list[Cell]:
        """What has to be built: of cells with equal trees the first."""
        once: dict[str, Cell] = {}
        for cell in self._cells:
            if cell.key not in self._known and not cell.cannot:
                once.setdefault(cell.key, cell)
        return list(once.values())

    def turn(self, cell: Cell) -> Turn:
        """Whether it is that cell's turn; one that is never built says why in its result."""
        results = [one for one in map(self.result, self._cells) if one is not None]
        held = held_back(cell, results, fail_fast=self._request.fail_fast)
        if held is None and (reason := self._hold(cell)):
            held = Held(reason)
        if held is not None:
            self._left[cell.key] = held
            return Turn.NEVER
        waits = any(
            (one.stage, one.platform.name) == (cell.stage, cell.platform.name)
            and one.check.name in cell.check.needs
            and self.result(one) is None
            for one in self._cells
        )
        return Turn.LATER if waits else Turn.NOW

    def note(self, cell: Cell, record: Record, reason: str) -> CellResult:
        """What a cell's build showed, and why it is that, where there is more to say."""
        self._built[cell.key] = (cell, record, reason)
        return recorded(self._request, cell, record, cached=False, reason=reason)

    def result(self, cell: Cell) -> CellResult | None:
        """The cell's result; `None` while it is not known."""
        if cell.key in self._known:
            return recorded(self._request, cell, self._known[cell.key], cached=True)
        if cell.cannot:
            return not_run(cell, cell.cannot)
        if cell.key in self._built:  # by it, or by one with an equal tree
            by, record, reason = self._built[cell.key]
            return recorded(self._request, cell, record, cached=cell is not by, reason=reason)
        if cell.key in self._left:
            left = self._left[cell.key]
            return not_run(cell, left.reason, left.aborted_at)
        return None

    @property
    def records(self) -> dict[str, Record]:
        """The evidence that the results are made of, by key."""
        return {**self._known, **{key: record for key, (_, record, _) in self._built.items()}}

    def results(self) -> list[CellResult]:
        """All results, at the end."""
        return [one for one in map(self.result, self._cells) if one is not None]
