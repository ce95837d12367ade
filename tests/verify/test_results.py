"""Checks that write test results: with real builds."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from verify_world import plan, silent

from stacker.evidence.record import Verdict
from stacker.verify.flow import verify, why

# Skips the tests that the stage's file names, one a line.
WRITES = (
    "import os; os.makedirs('out', exist_ok=True)\n"
    "cases = ''.join(f'<testcase name=\"{n}\"><skipped/></testcase>' for n in open('skips'))\n"
    "cases = cases.replace(chr(10), '')\n"
    "open('out/j.xml', 'w').write(f'<testsuite><testcase name=\"ok\"/>{cases}</testsuite>')\n"
)
RESULTS = 'results = "out/j.xml"\n'
SKIPS = '[platforms.arm]\nskips = { "tk*" = "no GDI" }\n'


def only(request):
    (result,) = verify(request, silent).results
    return result


def log_end(result):
    return Path(result.log).read_text(encoding="utf-8").splitlines()[-1]


def test_expected_skips_pass_with_counts(lab):
    request = lab.request(plan(WRITES, RESULTS + SKIPS), lab.stage("one", {"skips": "tk1\ntk2"}))
    result = only(request)
    assert (result.verdict, result.reason) == (Verdict.PASSED, "3 tests, 2 skipped as expected")
    again = only(request)
    assert (again.cached, log_end(again)) == (True, "stacker: 3 tests, 2 skipped as expected")


def test_a_skip_that_nobody_expects_fails_though_the_check_ended_well(lab):
    request = lab.request(plan(WRITES, RESULTS + SKIPS), lab.stage("one", {"skips": "tk1\nssl"}))
    result = only(request)
    assert (result.verdict, result.attempts[0].exit_code) == (Verdict.FAILED, 0)
    assert result.reason == "not expected to be skipped: ssl"
    assert log_end(only(request)) == "stacker: not expected to be skipped: ssl"


def test_expectations_decide_and_only_where_there_are_results(lab):
    stage = lab.stage("one", {"skips": "tk1"})
    verify(lab.request(plan(WRITES, RESULTS + SKIPS), stage), silent)
    other = SKIPS.replace("tk*", "t*")
    (missing,) = why(lab.request(plan(WRITES, RESULTS + other), stage))
    assert missing.earlier.differs == ("results",)
    assert why(lab.request(plan(WRITES, RESULTS + SKIPS.replace("GDI", "Tk")), stage)) == ()
    verify(lab.request(plan(WRITES, SKIPS), stage), silent)
    assert why(lab.request(plan(WRITES, other), stage)) == ()


def test_a_check_that_writes_none_has_not_passed_and_old_ones_do_not_count(lab):
    code = "import os\nif os.path.exists('first'):\n " + WRITES.replace("\n", "\n ")
    check = plan(code, RESULTS + 'paths = ["skips"]\n' + SKIPS)
    first = lab.stage("one", {"skips": "", "first": ""})
    assert only(lab.request(check, first)).verdict is Verdict.PASSED
    second = only(lab.request(check, lab.stage("one", {"skips": "tk"})))
    assert (second.verdict, second.reason) == (Verdict.FAILED, "it wrote no results to out/j.xml")


def test_a_check_that_fails_needs_none(lab):
    result = only(lab.request(plan("exit(3)", RESULTS), lab.stage("one", {"a": ""})))
    assert (result.verdict, result.reason) == (Verdict.FAILED, "")


@pytest.mark.skipif(os.name != "posix", reason="links and pipes")
@pytest.mark.parametrize(
    ("trick", "said"),
    [
        ("os.symlink({out!r}, 'out')", "lies outside of the lane"),
        ("os.mkdir('out'); os.symlink({out!r} + '/j.xml', 'out/j.xml')", "Too many levels"),
        ("os.mkdir('out'); os.mkfifo('out/j.xml')", "is no file"),
        ("os.makedirs('out/j.xml')", "s a directory"),
        ("open('out', 'w')", "Not a directory"),
        ("os.mkdir('out'); open('out/j.xml', 'wb').write(b'<!DOCTYPE a>')", "document type"),
    ],
)
def test_tricks_with_the_file(lab, tmp_path, trick, said):
    out = tmp_path / "theirs"
    out.mkdir()
    (out / "j.xml").write_text("<testsuite><testcase/></testsuite>", "utf-8")
    code = "import os, shutil\n" + trick.format(out=str(out))
    check = plan(code, RESULTS + "attempts = 1\n")
    for files in ({"a": "1"}, {"a": "2"}):  # the second finds what the first left
        result = only(lab.request(check, lab.stage("one", files)))
        assert result.verdict is Verdict.FAILED
        assert said in result.reason
    assert (out / "j.xml").read_text("utf-8").startswith("<testsuite>")
