"""Evidence as files: what goes out comes in, and nothing else does."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from stacker.errors import StackerError
from stacker.evidence.key import evidence_key
from stacker.evidence.record import Attempt, Record, Verdict
from stacker.evidence.sharing import name_of, read, text_of

PARTS = {"schema": "2", "tree": "t", "platform": "p", "toolchain": "x"}
NEW = Record(
    key=evidence_key(PARTS), stage="one", check="c", platform="p", verdict=Verdict.PASSED,
    exit_code=0, seconds=2.0, host="h", commit="c", tree="t", base="b", log="", started_at=1.5,
    clean=True, parts=PARTS, patch="abc",
    attempts=(Attempt(Verdict.TIMED_OUT, None, 1.0), Attempt(Verdict.PASSED, 0, 1.0)),
)  # fmt: skip
NEWEST = replace(
    NEW, runner="bots", builder="arm32", url="https://bots/1", log_digest="d", tools="cc 12",
    signature="s",
)  # fmt: skip
OLD = replace(NEW, key="k", parts={}, patch="", attempts=())


def given(values):
    text = json.dumps(values).encode()
    return read(name_of(text), text)


@pytest.mark.parametrize("record", [NEWEST, NEW, OLD], ids=["3", "2", "1"])
def test_what_goes_out_comes_in_and_keeps_its_name(record):
    text = text_of(record)
    came = read(name_of(text), text)
    assert came == replace(record, shared=True)
    assert text_of(came) == text


def test_an_old_record_has_the_format_that_old_clones_read():
    assert json.loads(text_of(OLD))["format"] == 1
    assert json.loads(text_of(NEW))["format"] == 2
    assert json.loads(text_of(NEWEST))["format"] == 3


@pytest.mark.parametrize(
    "change",
    [
        {"key": "k"},
        {"verdict": "could-not-run"},
        {"verdict": "skipped"},
        {"platform": "q"},
        {"parts": {**PARTS, "tree": "u"}},
        {"parts": {**PARTS, "more": 5}},
        {"parts": []},
        {"attempts": [["passed", 0]]},
        {"attempts": [["good", 0, 1.0]]},
        {"attempts": [["passed", 0, "x"]]},
        {"attempts": [["passed", 0, 1.0]] * 1001},
        {"attempts": "ab"},
        {"patch": None},
        {"host": "box\nNext: rm -r ."},
        {"stage": "a\tb"},
        {"format": 3},
        {"format": 4},
        {"format": "2"},
    ],
)
def test_what_does_not_hold_together_is_refused(change):
    with pytest.raises(StackerError):
        given(json.loads(text_of(NEW)) | change)


def test_a_text_is_missing():
    with pytest.raises(StackerError):
        given({k: v for k, v in json.loads(text_of(NEW)).items() if k != "parts"})
