"""The evidence of one stage, as people and scripts see it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from status_samples import FAILING, evidence, series, stage

from stacker.evidence.record import Record, Verdict
from stacker.render.matrix import gap_note, matrix_document, matrix_text
from stacker.render.status import stages_text
from stacker.render.status_document import status_document
from stacker.verify.standing import Evidence, State

RECORD = Record(
    key="k", stage="a", check="build", platform="win32", verdict=Verdict.PASSED, exit_code=0,
    seconds=1.0, host="vm", commit="c" * 40, tree="d" * 40, base="b" * 40, log="",
    started_at=86_400.5, clean=True,
)  # fmt: skip
BOT = replace(
    RECORD, runner="bots", host="w1", url="https://bots/1", shared=True, clean=False,
    builder="win32-debug",
)  # fmt: skip


def with_records(shown, *records):
    pairs = zip(shown.results, records, strict=False)
    told = [replace(one, record=record) for one, record in pairs]
    return Evidence(shown.of, (*told, *shown.results[len(records) :]))


def test_each_result_tells_where_it_comes_from():
    shown = with_records(evidence(True, State.FAILED), RECORD, BOT)
    assert matrix_text(shown) == [
        "  build  win32  passed  1970-01-02 (vm)",
        "  build  arm32  failed  1970-01-02 (bots, w1, incremental, shared)  https://bots/1",
    ]
    first, second = json.loads(json.dumps(matrix_document(shown)))
    assert first["evidence"]["origin"] == "vm"
    assert second["evidence"] == {
        "verdict": "passed", "origin": "w1", "runner": "bots", "builder": "win32-debug",
        "url": "https://bots/1", "shared": True, "clean": False, "commit": "c" * 40,
        "tree": "d" * 40, "base": "b" * 40, "at": 86400,
    }  # fmt: skip
    assert (first["command"], second["command"]) == ("", "stacker verify a")


def test_a_runner_that_is_its_own_machine_is_named_once():
    said = replace(RECORD, runner="upstream-ci", host="upstream-ci")
    assert matrix_text(with_records(evidence(True), said)) == [
        "  build  win32  passed  1970-01-02 (upstream-ci)"
    ]


def test_a_long_reason_moves_no_other_line():
    shown = with_records(evidence(True, False, heard="x" * 99), RECORD)
    assert matrix_text(shown) == [
        "  build  win32  passed  1970-01-02 (vm)",
        f"  build  arm32  no evidence ({'x' * 99})",
    ]


def test_what_may_fail_says_so():
    (one,) = evidence(State.FAILED).results
    shown = Evidence(evidence().of, (replace(one, required=False),))
    assert matrix_text(shown) == ["  build  win32  failed; may fail here"]
    assert shown.complete
    assert gap_note(shown) == []
    assert matrix_text(evidence()) == ["  the plan has no checks for it"]


@pytest.mark.parametrize(
    ("shown", "note"),
    [
        (evidence(True, True), []),
        (evidence(False, False), []),
        (evidence(False, False, by="the bots"), ["win32: no evidence (has never run)"]),
        (evidence(True, False), ["arm32: no evidence (has never run)"]),
        (evidence(False, State.FAILED), ["build for arm32 failed"]),
        (evidence(State.TIMED_OUT, State.FAILED), ["build for win32 timed out"]),
    ],
)
def test_the_page_has_room_for_one_gap(shown, note):
    assert gap_note(shown) == note


def test_a_gap_is_called_by_what_tells_it_from_others():
    two = Evidence(evidence().of, (*evidence(True).results, *evidence(False, check="test").results))
    assert gap_note(two) == ["test: no evidence (has never run)"]
    more = Evidence(two.of, (*two.results, *evidence(True, True).results[1:]))
    assert gap_note(more) == ["test for win32: no evidence (has never run)"]


def test_of_named_stages_all_is_told():
    status = series(stage("a", evidence=FAILING), stage("b"), stage("c", evidence=None))
    assert stages_text(status, ["a", "c"]) == (
        "a  -  not submitted  1/2\n"
        "  build  win32  failed\n"
        "  build  arm32  passed\n"
        "c  -  not submitted\n"
        "  its evidence was not looked at\n"
        "Next: stacker verify a"
    )
    away = series(stage("a", evidence=evidence(True, False, by="the bots")))
    assert "Next:" not in stages_text(away, ["a"])
    assert [one["id"] for one in status_document(status, ["b"])["stages"]] == ["b"]
