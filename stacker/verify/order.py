"""In which order cells are built: tips first, then those whose trees lie nearest."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stacker.series.plan.model import Plan, StageId
    from stacker.verify.matrix import Cell


def in_order(plan: Plan, cells: Sequence[Cell]) -> tuple[Cell, ...]:
    """`cells`, which come tips first, so that a lane has little to move.

    Tips stay where they are; after them comes the stage that shares most with the one before,
    the newest of equals.
    """
    stages = list(dict.fromkeys(cell.stage for cell in cells))
    needed = {need for stage in stages for need in plan.stage(stage).needs}
    tips = [stage for stage in stages if stage not in needed]
    rest = [stage for stage in stages if stage in needed]
    contents = {stage: _contents(plan, stage) for stage in stages}
    ordered = tips
    while rest:
        here = contents[ordered[-1]] if ordered else 0
        nearest = min(rest, key=lambda stage: (contents[stage] ^ here).bit_count())
        rest.remove(nearest)
        ordered.append(nearest)
    rank = {stage: position for position, stage in enumerate(ordered)}
    return tuple(sorted(cells, key=lambda cell: rank[cell.stage]))


def _contents(plan: Plan, stage: StageId) -> int:
    """The stages whose changes are in the stage's tree, as bits."""
    return plan.closures.below(stage) | plan.closures.mask([stage])
