"""Proof: over thousands of generated histories, what `git rebase` does is what we do.

After each patch the tree is the same; or both stop at the same patch, with the same paths unmerged
and the same blobs in each stage of the index. A failure names its seed: `pytest -k seed-1000` runs
that chunk alone, and `grow(1003)` of `tests/kit/drift.py` is the history of seed 1003 in it.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from drift import grow, plant
from oracle import GitRebase, Rebased, Unmerged, plain, unlabelled

from stacker.errors import GitError
from stacker.git.objects import Oid
from stacker.git.pick import Pick, Picked, Stopped
from stacker.git.process import Git
from stacker.git.replay.engine import replay
from stacker.git.store import ObjectStore

if TYPE_CHECKING:
    from collections.abc import Sequence

pytestmark = pytest.mark.skipif(os.name == "nt", reason="git's side needs links and modes on disk")

CHUNKS, HISTORIES, SERIES = 16, 32, 4  # 2,048 series
SHARED_MEMORY = Path("/dev/shm")


@pytest.fixture
def worktree(tmp_path):
    """A place for git's own worktree: in memory, where that can be had, for it is busy there."""
    fast = SHARED_MEMORY if os.access(SHARED_MEMORY, os.W_OK) else tmp_path
    with tempfile.TemporaryDirectory(dir=fast) as folder:
        yield Path(folder) / "worktree"


@pytest.mark.parametrize("seed", range(0, CHUNKS * 1000, 1000), ids="seed-{}".format)
def test_the_same_as_git_rebase(tmp_path, worktree, seed):
    drifts = [grow(seed + n, several=SERIES) for n in range(HISTORIES)]
    results = proved(tmp_path / "repository", worktree, drifts)
    stopped = sum(one.unmerged is not None for one in results)
    assert len(results) // 8 < stopped < len(results) // 2  # or else little is proved


def test_the_same_with_sha256(tmp_path, worktree):
    drifts = [grow(100_000 + n) for n in range(16)]
    proved(tmp_path / "repository", worktree, drifts, object_format="sha256")


def proved(repository, worktree, drifts, object_format="sha1"):
    """Rebase every series of these drifts both ways and compare; returns what git says."""
    planted = plant(repository, drifts, object_format)
    # git works where we do not read, so that we cannot lean on what it wrote.
    git = GitRebase(repository, worktree)
    for one in planted:
        git.rebase(one.base, one.onto, one.series)
    results = git.results()
    wrong = []
    with ObjectStore(Git(repository)) as store:
        for one, their in zip(planted, results, strict=True):
            our = replayed(store, Oid(one.onto), [Oid(oid) for oid in one.series])
            if our.broke and their.broke:
                continue  # git's own merge gave up; ours is asked about the whole series at once
            if our != their and unlabelled(our, store.blob) != unlabelled(their, git.content):
                wrong.append(f"seed {one.seed}, series {one.number}: {our} is not {their}")
    assert wrong == []
    return results


def replayed(store: ObjectStore, base: Oid, series: Sequence[Oid]) -> Rebased:
    """Our way: each commit of a series put on the one before, until one stops."""
    trees: list[Oid] = []
    picks = [Pick(old, n - 1 if n else base) for n, old in enumerate(series)]
    try:
        outcomes = replay(store, picks)
    except GitError as exc:
        assert "Assertion" in exc.message, exc.message
        return Rebased(tuple(trees), broke=True)
    for outcome in outcomes:
        match outcome:
            case Picked(commit=here):
                trees.append(store.commit(here).tree)
            case Stopped():
                return Rebased(tuple(trees), unmerged(outcome))
    return Rebased(tuple(trees))


def unmerged(stopped):
    """The entries that git's index would have."""
    return frozenset(
        Unmerged(side.mode, side.oid, stage, plain(one.path))
        for one in stopped.conflict.conflicts
        for stage, side in enumerate((one.base, one.upstream, one.mine), 1)
        if side
    )
