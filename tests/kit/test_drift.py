"""The generated histories are what they say: the same every time, and with everything in them."""

from __future__ import annotations

import subprocess

import pytest
from drift import grow, plant
from drifting import OPERATIONS, SUB


def test_a_seed_gives_one_history():
    assert grow(7) == grow(7)
    assert grow(7) != grow(8)


def test_everything_that_may_happen_happens():
    found = frozenset[str]().union(*(grow(seed, attributes=True).operations for seed in range(60)))
    assert found == frozenset(OPERATIONS)
    calm = frozenset[str]().union(*(grow(seed).operations for seed in range(60)))
    assert calm == frozenset(OPERATIONS) - {"attributes"}


@pytest.mark.parametrize("object_format", ["sha1", "sha256"])
def test_what_is_planted_is_what_was_grown(tmp_path, object_format):
    drifts = [grow(seed, attributes=True) for seed in range(3)]
    planted = plant(tmp_path / "repository", drifts, object_format)
    assert [(one.seed, one.number) for one in planted] == [
        (seed, number) for seed in range(3) for number in range(4)
    ]
    for one in planted:
        drift = drifts[one.seed]
        assert listed(tmp_path, one.base) == modes(drift.base)
        assert listed(tmp_path, one.onto) == modes(drift.upstream[-1])
        for oid, files in zip(one.series, drift.series[one.number], strict=True):
            assert listed(tmp_path, oid) == modes(files)
    last = drifts[-1].series[-1][-1]
    for path, file in last.items():
        if file.mode != SUB:
            assert git(tmp_path, "cat-file", "blob", f"{planted[-1].series[-1]}:{path}") == (
                file.content
            )


def listed(folder, commit):
    entries = git(folder, "ls-tree", "-r", "-z", commit).decode().split("\0")
    return {e.partition("\t")[2]: e.split(" ")[0] for e in entries if e}


def modes(files):
    return {path: file.mode for path, file in files.items()}


def git(folder, *arguments):
    done = subprocess.run(
        ["git", *arguments], cwd=folder / "repository", capture_output=True, check=True
    )
    return done.stdout
