"""What proves that a hand-off stage is upstream: `proof` of its repository in the plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, assert_never

from stacker.git.changes import changes_between
from stacker.series.plan.choices import Landing, Proof

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stacker.git.changes import Leaf
    from stacker.git.objects import Oid
    from stacker.git.store import ObjectStore
    from stacker.series.compose import PatchCommit
    from stacker.series.loading import Series
    from stacker.series.plan.model import Check, StageId


class ByTree(NamedTuple):
    """A commit with just the files of the stage's chain."""

    tree: Oid


class ByPaths(NamedTuple):
    """A commit that has each of these paths just so; `None`: it is not there."""

    leaves: tuple[tuple[bytes, Leaf | None], ...]

    @property
    def paths(self) -> tuple[bytes, ...]:
        """The paths alone."""
        return tuple(path for path, _ in self.leaves)


class ByCheck(NamedTuple):
    """Upstream's tip passes these checks."""

    checks: tuple[Check, ...]
    repository: str


HandOffProof = ByTree | ByPaths | ByCheck


def is_handed_over(series: Series, stage: StageId) -> bool:
    """Whether a stage's repository takes no pull requests."""
    return series.plan.repository(series.plan.stage(stage).repository).landing is Landing.HAND_OFF


def proof_of(
    store: ObjectStore, series: Series, stage: StageId, patches: Sequence[PatchCommit]
) -> HandOffProof | None:
    """What proves that a stage with these patches is there; `None`: nothing can, for they change
    nothing."""
    paths = changed_paths(store, patches)
    if paths is None:
        return None
    repository = series.plan.repository(series.plan.stage(stage).repository)
    match repository.proof:
        case Proof.TREE:
            return ByTree(store.commit(patches[-1].commit).tree)
        case Proof.PATHS:
            return paths
        case Proof.CHECK:
            mine = (one for one in series.plan.checks if one.repository == repository.name)
            return ByCheck(tuple(mine), repository.name)
        case never:
            assert_never(never)


def changed_paths(store: ObjectStore, patches: Sequence[PatchCommit]) -> ByPaths | None:
    """The paths that patches change, as the last one leaves them."""
    if not patches:
        return None
    below = store.commit(store.commit(patches[0].commit).parents[0]).tree
    changes = changes_between(store.git, below, store.commit(patches[-1].commit).tree)
    return ByPaths(tuple((one.path, one.after) for one in changes)) if changes else None
