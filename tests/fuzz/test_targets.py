"""What the fuzzing of tests/fuzz feeds: every reader takes good files and bears damaged ones."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import time
from pathlib import Path

import fuzz
import pytest
import targets
from hypothesis import given
from mutations import damaged
from searching import examples

LONGEST = 5.0  # seconds that one reading may take; most take a thousandth
RUNS = 2000


@pytest.fixture(params=targets.TARGETS)
def target(request, tmp_path):
    with targets.TARGETS[request.param](tmp_path / "watched") as made:
        yield made


def test_good_files_are_read_and_damaged_ones_borne(target):
    took = [target.feed(seed) for seed in target.seeds]
    assert any(took)
    assert not target.feed(b"\0")

    @given(damaged(target.seeds, target.words))
    @examples(40)
    def check(raw):
        started = time.monotonic()
        target.feed(raw)
        assert time.monotonic() - started < LONGEST

    check()


def test_of_the_worked_example_is_read_what_stands_on_the_base(tmp_path):
    with targets.patch(tmp_path / "watched") as target:
        took = [name for name in targets.ROOT.glob("patches/*/0001-*") if feeds(target, name)]
    assert {path.parent.name for path in took} >= {"libffi", "library", "openssl"}


def feeds(target, path):
    return target.feed(path.read_bytes())


@pytest.mark.parametrize("act", [Path.touch, Path.mkdir, lambda path: path.parent.rmdir()])
def test_whatever_happens_beside_the_store_is_noticed(tmp_path, act):
    store, there = tmp_path / "store", tmp_path / "there"
    for folder in (store, there):
        folder.mkdir()
    with targets.unchanged(tmp_path, store):
        (store / "object").touch()
    with pytest.raises(AssertionError, match="there"), targets.unchanged(tmp_path, store):
        act(there / "new")


def test_a_bug_is_no_outcome():
    def read():
        raise ValueError("a bug")

    with pytest.raises(ValueError, match="a bug"):
        targets.outcome(read)


@pytest.mark.skipif(
    importlib.util.find_spec("atheris") is None,
    reason="atheris is not installed; tests/fuzz/fuzz.py says how",
)
@pytest.mark.parametrize("name", targets.TARGETS)
def test_guided_by_what_is_reached(name, tmp_path):
    done = subprocess.run(
        [sys.executable, fuzz.__file__, name, f"-runs={RUNS}", "-seed=1", "-max_len=4096"],
        cwd=tmp_path, capture_output=True, check=False,
    )  # fmt: skip
    said = (done.stdout + done.stderr).decode("utf-8", "replace")
    assert done.returncode == 0, said
    assert f"Done {RUNS} runs" in said
    assert list(tmp_path.iterdir()) == []
