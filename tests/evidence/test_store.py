from __future__ import annotations

import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

import stacker
from stacker.errors import StackerError
from stacker.evidence.record import Attempt, Record, Verdict
from stacker.evidence.store import EvidenceStore

ONE = Record(
    key="k1",
    stage="build",
    check="test",
    platform="local",
    verdict=Verdict.PASSED,
    exit_code=0,
    seconds=1.5,
    host="here",
    commit="c",
    tree="t",
    base="b",
    log="k1.log",
    started_at=1_700_000_000.25,
    clean=True,
)


TRY = Attempt(Verdict.FAILED, 1, 0.5)


def test_what_goes_in_comes_out_after_reopening(tmp_path):
    failed = replace(ONE, key="k2", verdict=Verdict.TIMED_OUT, exit_code=None, clean=False)
    with EvidenceStore(tmp_path / "new" / "e.sqlite") as store:
        store.add(ONE)
        store.add(failed)
    with EvidenceStore(tmp_path / "new" / "e.sqlite") as store:
        assert store.newest(["k1", "k2", "k3"]) == {"k1": ONE, "k2": failed}


def test_the_newest_counts_and_none_is_lost(tmp_path):
    with EvidenceStore(tmp_path / "e.sqlite") as store:
        store.add(ONE)
        store.add(replace(ONE, verdict=Verdict.FAILED, started_at=0.0))
        assert store.newest(["k1"])["k1"].verdict is Verdict.FAILED
    with sqlite3.connect(tmp_path / "e.sqlite") as raw:
        assert raw.execute("SELECT count(*) FROM evidence").fetchone() == (2,)
    raw.close()


def test_the_usual_time_is_that_of_the_last_run_that_ended(tmp_path):
    with EvidenceStore(tmp_path / "e.sqlite") as store:
        assert store.usual_seconds("test", "local") is None
        store.add(ONE)
        store.add(replace(ONE, key="k2", seconds=2.5, verdict=Verdict.FAILED))
        store.add(replace(ONE, seconds=99.0, verdict=Verdict.TIMED_OUT))
        store.add(replace(ONE, seconds=0.0, verdict=Verdict.COULD_NOT_RUN))
        assert store.usual_seconds("test", "local") == 2.5
        assert store.usual_seconds("test", "arm") is None


def test_two_at_once(tmp_path):
    with EvidenceStore(tmp_path / "e.sqlite") as one, EvidenceStore(tmp_path / "e.sqlite") as two:
        one.add(ONE)
        two.add(replace(ONE, key="k2"))
        assert set(one.newest(["k1", "k2"])) == {"k1", "k2"}


WRITER = """
import os, sys
from pathlib import Path
from stacker.evidence.record import Record, Verdict
from stacker.evidence.store import EvidenceStore
store = EvidenceStore(Path(sys.argv[1]))
store.add(Record(key="k1", stage="s", check="c", platform="p", verdict=Verdict.PASSED, exit_code=0,
    seconds=1.0, host="h", commit="c", tree="t", base="b", log="l", started_at=0.0, clean=True))
os._exit(9)
"""


def test_a_process_that_dies_loses_nothing_it_recorded(tmp_path):
    root = Path(stacker.__file__).parents[1]
    path = str(tmp_path / "e.sqlite")
    subprocess.run([sys.executable, "-c", WRITER, path], cwd=root, check=False)
    with EvidenceStore(tmp_path / "e.sqlite") as store:
        assert store.newest(["k1"])["k1"].verdict is Verdict.PASSED


def test_a_file_of_a_newer_stacker_is_left_alone(tmp_path):
    with sqlite3.connect(tmp_path / "e.sqlite") as raw:
        raw.execute("PRAGMA user_version = 9")
    raw.close()
    with pytest.raises(StackerError, match="newer stacker"):
        EvidenceStore(tmp_path / "e.sqlite")


def test_a_file_that_is_no_database(tmp_path):
    (tmp_path / "e.sqlite").write_bytes(b"no database at all, but long enough" * 9)
    with pytest.raises(StackerError, match="cannot be read") as caught:
        EvidenceStore(tmp_path / "e.sqlite")
    assert "Move" in caught.value.hint


@pytest.mark.parametrize("verdict", Verdict)
def test_what_says_nothing_about_a_stage_is_no_evidence(verdict):
    silent = {Verdict.COULD_NOT_RUN, Verdict.SKIPPED}
    assert verdict.is_evidence is (verdict not in silent)


OLD = """
CREATE TABLE evidence (id INTEGER PRIMARY KEY, "key" TEXT, "stage" TEXT, "check" TEXT,
"platform" TEXT, "verdict" TEXT, "exit_code" INTEGER, "seconds" REAL, "host" TEXT, "commit" TEXT,
"tree" TEXT, "base" TEXT, "log" TEXT, "started_at" REAL, "clean" INTEGER{shared});
INSERT INTO evidence VALUES (1, 'k1', 'build', 'test', 'local', 'passed', 0, 1.5, 'here', 'c', 't',
'b', 'k1.log', 1700000000.25, 1{value});
PRAGMA user_version = {version};
"""


@pytest.mark.parametrize(
    "given",
    [
        {"version": 1, "shared": "", "value": ""},
        {"version": 2, "shared": ', "shared" INTEGER', "value": ", 0"},
    ],
)
def test_an_older_file_is_read_and_written_on(tmp_path, given):
    with sqlite3.connect(tmp_path / "e.sqlite") as raw:
        raw.executescript(OLD.format(**given))
    raw.close()
    new = replace(
        ONE, key="k2", parts={"schema": "2"}, patch="p", attempts=(TRY, TRY), url="u", signature="s"
    )
    with EvidenceStore(tmp_path / "e.sqlite") as store:
        assert store.newest(["k1"]) == {"k1": ONE}
        store.add(new)
    with EvidenceStore(tmp_path / "e.sqlite") as store:
        assert store.newest(["k2"]) == {"k2": new}


def test_the_latest_of_a_check_and_the_toolchain_it_was_built_with(tmp_path):
    seen = replace(ONE, key="k2", stage="was", parts={"toolchain": "gcc"}, started_at=5.0)
    theirs = replace(ONE, key="k3", parts={"toolchain": "clang"}, started_at=9.0, shared=True)
    with EvidenceStore(tmp_path / "e.sqlite") as store:
        assert store.latest(["build"]) == {}
        assert store.toolchain("local") == ""
        other = replace(ONE, key="k5", platform="arm", started_at=2.0)
        store.add(seen, replace(ONE, key="k4", started_at=1.0), theirs, other)
        found = store.latest(["build", "was", "none"])
        assert {where: record.key for where, record in found.items()} == {
            ("build", "test", "local"): "k3",
            ("build", "test", "arm"): "k5",
            ("was", "test", "local"): "k2",
        }
        assert list(store.latest(["was"])) == [("was", "test", "local")]
        assert store.toolchain("local") == "gcc"


def test_since_when_a_verdict_stands(tmp_path):
    late = replace(ONE, started_at=9.0)
    failed = replace(ONE, verdict=Verdict.FAILED, started_at=1.0)
    with EvidenceStore(tmp_path / "e.sqlite") as store:
        store.add(failed, replace(ONE, started_at=5.0), late)
        assert store.since({ONE.key: late}) == {ONE.key: 5.0}
        assert store.since({ONE.key: failed}) == {ONE.key: 1.0}
