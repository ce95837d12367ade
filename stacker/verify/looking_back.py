"""What there was for the cells that lack evidence."""

from __future__ import annotations

import time
from functools import cache, partial
from typing import TYPE_CHECKING

from stacker.verify.earlier import earlier, is_fresh
from stacker.verify.stage_tree import own_changes

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from stacker.evidence.store import EvidenceStore
    from stacker.series.plan.model import StageId
    from stacker.verify.earlier import Earlier
    from stacker.verify.matrix import Cell
    from stacker.verify.request import VerifyRequest


def earlier_results(
    request: VerifyRequest,
    evidence: EvidenceStore,
    cells: Sequence[Cell],
    known: Collection[str],
) -> dict[tuple[str, str, str], Earlier]:
    """The newest result of each cell whose key is not `known`, by stage, check and platform.

    A renamed stage keeps what it had under its old name. What holds and only does not count (for
    nobody signed it) is no earlier one.
    """
    now = time.time()
    lacking = [cell for cell in cells if cell.key not in known]
    names = {stage: _names(request, stage) for stage in {cell.stage for cell in lacking}}
    newest = evidence.latest({name for each in names.values() for name in each})

    @cache
    def patches() -> dict[StageId, str]:
        return own_changes(request.store, [request.stages[stage] for stage in names])

    found: dict[tuple[str, str, str], Earlier] = {}
    for cell in lacking:
        _, *what = cell.where
        records = [
            newest[where] for name in names[cell.stage] if (where := (name, *what)) in newest
        ]
        if records:
            record = max(records, key=lambda one: one.started_at)
            if record.key == cell.key and is_fresh(cell, record, now):
                continue
            base, patch = request.stages[cell.stage].base, partial(_of, patches, cell.stage)
            found[cell.where] = earlier(cell, record, base, patch)
    return found


def _names(request: VerifyRequest, stage: StageId) -> tuple[str, ...]:
    was = request.plan.stage(stage).was
    return (stage, was) if was else (stage,)


def _of(patches: Callable[[], Mapping[StageId, str]], stage: StageId) -> str:
    return patches().get(stage, "")
