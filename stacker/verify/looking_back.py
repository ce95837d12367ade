"""What there was for the cells that lack evidence."""

from __future__ import annotations

import time
from functools import cache, partial
from typing import TYPE_CHECKING

from stacker.verify.earlier import earlier, is_fresh
from stacker.verify.stage_tree import own_change

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

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

    @cache
    def patch_of(stage: StageId) -> str:
        return own_change(request.store, request.stages[stage])

    found: dict[tuple[str, str, str], Earlier] = {}
    for cell in cells:
        if cell.key in known:
            continue
        stage = request.plan.stage(cell.stage)
        names = [stage.id, *([stage.was] if stage.was else [])]
        record = evidence.latest(names, cell.check.name, cell.platform.name)
        if record is not None and not (record.key == cell.key and is_fresh(cell, record, now)):
            base = request.stages[cell.stage].base
            found[cell.where] = earlier(cell, record, base, partial(patch_of, cell.stage))
    return found
