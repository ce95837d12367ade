"""A cell's result: its build, as often as a flaky check may try."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from stacker.evidence.record import Attempt, Verdict
from stacker.verify.stage_tree import own_change

if TYPE_CHECKING:
    from stacker.evidence.record import Record
    from stacker.verify.matrix import Cell
    from stacker.verify.request import VerifyRequest


class Builds(Protocol):
    """What builds a cell, here or elsewhere."""

    @property
    def request(self) -> VerifyRequest:
        """What is verified."""
        ...

    def build(self, cell: Cell, attempt: int) -> tuple[Record, str]:
        """The result of that attempt, counted from 1; and why, where there is more to say."""
        ...


def attempted(builder: Builds, cell: Cell) -> tuple[Record, str]:
    """Build until the verdict is certain; the result, and why, where there is more to say.

    Each attempt after the first starts in a fresh lane. Exit code, log and start are those of the
    last one; the time is that of all. An attempt that could not run ends it: it says nothing about
    the stage.
    """
    check, request = cell.check, builder.request
    clean = True
    tries: list[Attempt] = []
    while True:
        record, reason = builder.build(cell, len(tries) + 1)
        clean = clean and record.clean
        tries.append(Attempt(record.verdict, record.exit_code, record.seconds))
        passes = sum(one.verdict is Verdict.PASSED for one in tries)
        left = check.attempts - len(tries)
        decided = passes >= check.min_passes or passes + left < check.min_passes
        if decided or not record.verdict.is_evidence:
            break
    return replace(
        record,
        seconds=sum(one.seconds for one in tries),
        clean=clean,
        attempts=tuple(tries),
        parts=cell.parts,
        patch=own_change(request.store, request.stages[cell.stage]),
    ), reason
