"""A stage as a tree to check."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stacker.series.plan.model import StageId


@dataclass(frozen=True, slots=True)
class StageTree:
    """A stage's own chain as it is now: object ids of its base, its tip and the tip's tree."""

    stage: StageId
    repository: str
    base: str
    commit: str
    tree: str
