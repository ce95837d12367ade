"""Proof: over thousands of generated histories, what `git rebase` does is what we do.

After each patch the tree is the same; or both stop at the same patch, with the same paths unmerged
and the same blobs in each stage of the index. A failure names its seed: `pytest -k seed-1000` runs
that chunk alone, and `grow(1003)` of `tests/kit/drift.py` is the history of seed 1003 in it.
`python dev.py proofs` takes them all, the gate a sample.
"""

from __future__ import annotations

import os
import tempfile
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from drift import grow, plant
from oracle import GitRebase, Rebased, Unmerged, plain, unlabelled
from searching import in_full
from shuffled import shuffle

from stacker.errors import GitError
from stacker.git.objects import Oid
from stacker.git.pick import Picked, Stopped
from stacker.git.process import Git
from stacker.git.replay.engine import Pick, replay
from stacker.git.store import ObjectStore

if TYPE_CHECKING:
    from collections.abc import Sequence

    from drift import Planted

pytestmark = pytest.mark.skipif(os.name == "nt", reason="git's side needs links and modes on disk")

HISTORIES, SERIES = 32, 4
# 2,048 series, and 512 in the gate; of those where most files moved 512, and 128 in the gate.
CHUNKS, MOVED = (16, 4) if in_full() else (4, 1)
SHARED_MEMORY = Path("/dev/shm")


@pytest.fixture
def worktree(tmp_path):
    """A place for git's own worktree: in memory, where that can be had, for it is busy there."""
    fast = SHARED_MEMORY if os.access(SHARED_MEMORY, os.W_OK) else tmp_path
    with tempfile.TemporaryDirectory(dir=fast) as folder:
        yield Path(folder) / "worktree"


@pytest.mark.parametrize("seed", range(0, CHUNKS * 1000, 1000), ids="seed-{}".format)
def test_the_same_as_git_rebase(tmp_path, worktree, seed):
    """Every other chunk has `.gitattributes` that tell how to merge, and that change."""
    drifts = [grow(seed + n, several=SERIES, attributes=seed % 2000 == 0) for n in range(HISTORIES)]
    results = proved(tmp_path / "repository", worktree, drifts)
    stopped = sum(one.unmerged is not None for one in results)
    assert len(results) // 8 < stopped < len(results) // 2  # or else little is proved


def test_the_same_one_series_at_a_time(tmp_path, worktree):
    """Otherwise many stand on one base, and what is known of one may serve another."""
    drifts = [grow(200_000 + n, several=1, attributes=True) for n in range(48)]
    proved(tmp_path / "repository", worktree, drifts, together=1)


@pytest.mark.parametrize("seed", range(300_000, 300_000 + MOVED * 1000, 1000), ids="seed-{}".format)
def test_the_same_where_upstream_moved_most_files(tmp_path, worktree, seed):
    drifts = [shuffle(seed + n) for n in range(HISTORIES)]
    results = proved(tmp_path / "repository", worktree, drifts)
    placed = sum(len(one.trees) for one in results)
    assert placed > len(results)  # or else little is proved


def test_the_same_with_sha256(tmp_path, worktree):
    drifts = [grow(100_000 + n, attributes=True) for n in range(16)]
    proved(tmp_path / "repository", worktree, drifts, object_format="sha256")


def proved(repository, worktree, drifts, object_format="sha1", together=1_000_000):
    """Rebase every series of these drifts both ways and compare; returns what git says.

    So many are given to us `together`.
    """
    planted = plant(repository, drifts, object_format)
    # git works where we do not read, so that we cannot lean on what it wrote.
    git = GitRebase(repository, worktree)
    for one in planted:
        git.rebase(one.base, one.onto, one.series)
    theirs = dict(zip(planted, git.results(), strict=True))
    # Where git itself breaks down we cannot but say so; one that breaks ends all.
    whole = [one for one in planted if not theirs[one].broke]
    wrong = []
    with ObjectStore(Git(repository)) as store:
        for start in range(0, len(whole), together):
            some = whole[start : start + together]
            for one, our in zip(some, replayed(store, some), strict=True):
                their = theirs[one]
                if our != their and unlabelled(our, store.blob) != unlabelled(their, git.content):
                    wrong.append(f"seed {one.seed}, series {one.number}: {our} is not {their}")
        for one in planted:
            if theirs[one].broke:
                with pytest.raises(GitError, match="Assertion"):
                    replayed(store, [one])
    assert wrong == []
    return list(theirs.values())


def replayed(store: ObjectStore, planted: Sequence[Planted]) -> list[Rebased]:
    """Our way: the commits of each series put on its base, one on the other."""
    numbers = count()
    picks: list[Pick] = []
    places: list[list[int]] = []
    for one in planted:
        place = [next(numbers) for _ in one.series]
        bases: list[Oid | int] = [Oid(one.onto), *place]
        picks += [Pick(Oid(old), base) for old, base in zip(one.series, bases, strict=False)]
        places.append(place)
    outcomes = replay(store, picks)
    return [said(store, [outcomes[n] for n in place]) for place in places]


def said(store, outcomes):
    """The same as git tells; every object of it must be there."""
    picked = [one.commit for one in outcomes if isinstance(one, Picked)]
    stopped = [one for one in outcomes if isinstance(one, Stopped)]
    # One stops, and what stands on it is not tried.
    rest = len(outcomes) - len(picked) - len(stopped)
    assert outcomes[len(picked) :] == stopped + [None] * rest
    assert len(stopped) == (len(picked) < len(outcomes))
    if picked:
        store.git.run("rev-list", "--objects", "--quiet", picked[-1])
    trees = tuple(store.commit(oid).tree for oid in picked)
    return Rebased(trees, unmerged(store, stopped[0]) if stopped else None)


def unmerged(store, stopped):
    """The entries that git's index would have."""
    found = set()
    for one in stopped.conflict.conflicts:
        for stage, side in enumerate((one.base, one.upstream, one.mine), 1):
            if side is not None:
                found.add(Unmerged(side.mode, side.oid, stage, plain(one.path)))
                assert side.mode == "160000" or store.find(side.oid)
    return frozenset(found)
