"""A stage as a tree to check, and what of it is its own change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

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
    return own_changes(store, [stage]).get(stage.stage, "")


def own_changes(store: Git, stages: Iterable[StageTree]) -> dict[StageId, str]:
    """The same of many, those that are known; git is asked for all of them at once."""
    known = [stage for stage in stages if stage.patches]
    if not known:
        return {}
    belows = store.text("rev-parse", *(f"{one.commit}~{one.patches}" for one in known)).split()
    pairs = "".join(f"{one.commit} {below}\n" for one, below in zip(known, belows, strict=True))
    diffs = store.run(
        "diff-tree", "--stdin", "-p", "--full-index", "--no-renames", stdin=pairs.encode("ascii")
    )
    said = store.run("patch-id", "--verbatim", stdin=diffs).decode("ascii").split()
    by_commit = dict(zip(said[1::2], said[::2], strict=True))
    return {one.stage: by_commit.get(one.commit, "") for one in known}
