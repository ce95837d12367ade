"""The texts of patch files, out of commits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.series.patches.diffs import diffs_between
from stacker.series.patches.patchfile import Patch, serialise

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stacker.git.objects import Oid
    from stacker.git.store import ObjectStore


def patch_texts(store: ObjectStore, commits: Sequence[Oid], *, renames: bool = True) -> list[bytes]:
    """The patch file of each commit, in order; the same commits always give the same bytes.

    Without `renames` a moved file is one that goes and one that comes, whole.
    """
    read = store.commits(commits)
    here = [read[oid] for oid in commits]
    parents = store.commits(commit.parents[0] for commit in here)
    pairs = [(parents[c.parents[0]].tree, c.tree) for c in here]
    return [
        serialise(Patch(commit.author, commit.message, commit.encoding, diff))
        for commit, diff in zip(here, diffs_between(store, pairs, renames=renames), strict=True)
    ]
