"""The columns to bisect: one check on one platform along the chain of one tip. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stacker.series.plan.model import Plan, StageId
    from stacker.verify.matrix import Cell


@dataclass(frozen=True, slots=True)
class Column:
    """The cells of the chain that ends with `tip`, in plan order."""

    tip: StageId
    cells: tuple[Cell, ...]

    @property
    def check(self) -> str:
        """The check's name."""
        return self.cells[-1].check.name

    @property
    def platform(self) -> str:
        """The platform's name."""
        return self.cells[-1].platform.name

    @property
    def needs(self) -> tuple[str, ...]:
        """The checks that must have passed before."""
        return self.cells[-1].check.needs

    @property
    def where(self) -> tuple[str, str, str]:
        """Tip, check and platform."""
        return self.tip, self.check, self.platform


def columns_of(
    plan: Plan, cells: Sequence[Cell], selection: Sequence[StageId]
) -> tuple[Column, ...]:
    """The columns of `cells`, in which a check comes after those that it needs.

    Tips are the stages, or those of the selection, on which no other one with such a cell stands.
    """
    by_column: dict[tuple[str, str], dict[StageId, Cell]] = {}
    for cell in cells:
        by_column.setdefault((cell.check.name, cell.platform.name), {})[cell.stage] = cell
    chains = plan.closures.chains()
    found = []
    for there in by_column.values():
        asked = [stage for stage in there if not selection or stage in selection]
        for tip in plan.closures.highest(plan.closures.mask(asked)):
            chain = tuple(there[stage] for stage in chains[tip] if stage in there)
            found.append(Column(tip, chain))
    return tuple(found)
