"""A stage as a tree to check, and what of it is its own change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stacker.git.process import Git
    from stacker.series.plan.model import StageId


@dataclass(frozen=True, slots=True)
class StageTree:
    """A stage's own chain as it is now: object ids of its base, its tip and the tip's tree.

    `patches` is how many of the chain's last commits are the stage's own; 0 when not known.
    """

    stage: StageId
    repository: str
    base: str
    commit: str
    tree: str
    patches: int = 0


def own_change(store: Git, stage: StageTree) -> str:
    """git's patch-id of the stage's own change, the same on every base; empty if not known."""
    if not stage.patches:
        return ""
    below = f"{stage.commit}~{stage.patches}"
    diff = store.run("diff-tree", "-p", "--full-index", "--no-renames", below, stage.commit)
    return store.run("patch-id", "--verbatim", stdin=diff).decode("ascii").partition(" ")[0]
