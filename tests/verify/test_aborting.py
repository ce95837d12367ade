"""A check that lacks something on a platform: nothing more of it is begun there."""

from __future__ import annotations

from dataclasses import replace

import pytest
from verify_world import HEAD, builds, cells, plan, silent

from stacker.evidence.record import Attempt, Verdict
from stacker.verify.aborting import Aborted, aborted, aborts
from stacker.verify.first_bad import first_bad
from stacker.verify.flow import verify
from stacker.verify.holding import Held, held_back
from stacker.verify.request import Ended, Started, not_run

LACKS = Attempt(Verdict.COULD_NOT_RUN, 127, 0.1)
CELLS = {cell.where: cell for cell in cells(platforms=["win32", "amd64"])}


def ended(where, attempt, verdict=Verdict.COULD_NOT_RUN):
    one = not_run(CELLS[where], "make was not found")
    return replace(one, verdict=verdict, attempts=(attempt,))


@pytest.mark.parametrize(
    ("verdict", "code", "expected"),
    [
        (Verdict.COULD_NOT_RUN, 127, True),
        (Verdict.COULD_NOT_RUN, 125, False),
        (Verdict.COULD_NOT_RUN, None, False),
        (Verdict.FAILED, 126, False),
        (Verdict.PASSED, 0, False),
    ],
)
def test_only_127_aborts(verdict, code, expected):
    attempt = Attempt(verdict, code, 0.1)
    assert aborts(ended(("tests", "build", "win32"), attempt, verdict)) is expected


def test_the_last_attempt_is_what_aborts():
    one = ended(("tests", "build", "win32"), LACKS)
    failed = Attempt(Verdict.FAILED, 1, 0.1)
    assert aborts(replace(one, attempts=(failed, LACKS)))
    assert not aborts(replace(one, attempts=()))


def test_an_abort_holds_its_column_and_no_other():
    lacks = ended(("tests", "build", "win32"), LACKS)
    said = {
        where: held_back(cell, [lacks], fail_fast=False)
        for where, cell in CELLS.items()
        if where != lacks.where
    }
    held = Held("not begun: at tests make was not found", "tests")
    assert {where for where, one in said.items() if one == held} == {
        ("ssl", "build", "win32"), ("ffi", "build", "win32"), ("build", "build", "win32"),
    }  # fmt: skip
    assert {one for one in said.values() if one != held} == {None}


def test_a_column_is_told_once_with_what_was_left():
    tips = [ended(("tests", "build", "win32"), LACKS), ended(("build", "build", "win32"), LACKS)]
    left = not_run(CELLS["ssl", "build", "win32"], "not begun", "tests")
    other = not_run(CELLS["ssl", "build", "amd64"], "held back")
    assert aborted([other, *tips, left]) == (
        Aborted(
            check="build", platform="win32", stage="tests", reason="make was not found", log="",
            left=1,
        ),
    )  # fmt: skip
    assert aborted([other, left]) == ()


STAGES = "one", "two", "three"
PLAN = f"""{HEAD}
[[stages]]
id = "three"
repository = "main"
needs = ["two"]
[platforms.here]
[platforms.there]
[[checks]]
name = "test"
run = ["{{python}}", "-c", "import sys; exit(127 if sys.argv[1] == 'here' else 0)", "{{platform}}"]
[[checks]]
name = "slow"
run = ["true"]
needs = ["test"]
platforms = ["here"]
"""


@pytest.fixture
def stages(lab):
    return [lab.stage(name, {"n": name}) for name in STAGES]


@pytest.mark.parametrize("jobs", [1, 3])
def test_the_rest_of_a_column_is_not_begun_and_others_go_on(lab, stages, jobs):
    request = lab.request(PLAN, *stages, jobs=jobs)
    said = []
    result = verify(request, said.append)
    begun = [event.cell.where for event in said if isinstance(event, Started)]
    assert [where for where in begun if where[2] == "here"] == [("three", "test", "here")]
    assert len(begun) == 4
    found = {one.where: one for one in result.results}
    assert {found[stage, "test", "there"].verdict for stage in STAGES} == {Verdict.PASSED}
    assert {found[stage, "test", "here"].verdict for stage in STAGES} == {Verdict.COULD_NOT_RUN}
    assert {found[stage, "slow", "here"].reason for stage in STAGES} == {
        "it needs test, which could not run there"
    }
    (one,) = aborted(result.results)
    assert (one.column, one.stage, one.left) == (("test", "here"), "three", 2)
    assert result.failed == ()
    assert builds(request) == 1  # it is no evidence, so it is asked again


def test_what_runs_beside_it_comes_to_its_end(lab, stages, tmp_path):
    """It goes on until somebody has heard of the abort."""
    heard = tmp_path / "heard"
    wait = f"import os, sys, time\nwhile not os.path.exists({str(heard)!r}): time.sleep(0.01)"
    code = f"import sys\nif sys.argv[1] == 'here': sys.exit(127)\n{wait}"
    text = plan(code, "[platforms.here]\n[platforms.there]\n", ["{platform}"])

    def hear(event):
        if isinstance(event, Ended):
            heard.touch()

    result = verify(lab.request(text, *stages[:2], jobs=2), hear)
    assert {one.verdict for one in result.results if one.platform == "there"} == {Verdict.PASSED}
    assert {one.aborted_at for one in result.results if one.platform == "here"} == {None, "two"}


def test_a_program_that_is_not_there_aborts_as_its_exit_code_does(lab, stages):
    text = PLAN.replace('"{python}", "-c"', '"no-such-program"')
    result = verify(lab.request(text, *stages), silent)
    assert [(one.platform, one.left) for one in aborted(result.results)] == [
        ("here", 2),
        ("there", 2),
    ]
    assert "no-such-program was not found" in aborted(result.results)[0].reason


def test_bisecting_asks_no_more_of_an_aborted_column(lab, stages):
    said = []
    asked = first_bad(lab.request(PLAN, *stages), said.append)
    begun = [event.cell.where for event in said if isinstance(event, Started)]
    assert begun == [("three", "test", "here"), ("three", "test", "there")]
    found = {(one.check, one.platform): one for one in asked.found}
    assert found.keys() == {("test", "here"), ("slow", "here")}
    for one in found.values():
        assert (one.stage, one.between, one.bad) == (None, STAGES, False)
    assert [(one.column, one.left) for one in aborted(asked.asked.results)] == [
        (("test", "here"), 0)
    ]
