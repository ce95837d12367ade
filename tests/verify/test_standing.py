"""When evidence holds: toolchains, ages, other bases, attempts."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace

import pytest

from stacker.evidence.record import Verdict
from stacker.evidence.store import EvidenceStore
from stacker.verify.flow import verify, why
from stacker.verify.known import EVIDENCE
from stacker.verify.request import Priced

HEAD = """
[series]
name = "s"
[repositories.main]
upstream = "o/main"
[[stages]]
id = "one"
"""
PASSES = "exit(0)"


def plan(code=PASSES, check="", platforms=""):
    run = json.dumps(["{python}", "-c", code])
    return f'{HEAD}{platforms}\n[[checks]]\nname = "test"\nrun = {run}\n{check}'


def only(request):
    (result,) = verify(request, lambda event: None).results
    return result


def missing(request):
    (one,) = why(request)
    return one


@pytest.fixture
def stage(lab):
    return replace(lab.stage("one", {"code": "0"}), patches=0)


class Flaky:
    """A check that ends with the exit codes in turn, whatever it is built from."""

    def __init__(self, folder, *codes):
        self.left = folder / "codes"
        self.left.write_text(" ".join(map(str, codes)), "ascii")
        self.code = (
            f"p = {str(self.left)!r}; first, *rest = open(p).read().split(); "
            "open(p, 'w').write(' '.join(rest)); exit(int(first))"
        )


def tries(result):
    return [(str(one.verdict), one.exit_code) for one in result.attempts]


def test_a_flaky_check_runs_until_it_is_certain(lab, stage, tmp_path):
    flaky = Flaky(tmp_path, 1, 0, 0, 0)
    request = lab.request(plan(flaky.code, "attempts = 4\nmin_passes = 2\n"), stage)
    result = only(request)
    assert result.verdict is Verdict.PASSED
    assert tries(result) == [("failed", 1), ("passed", 0), ("passed", 0)]
    assert flaky.left.read_text("ascii") == "0"
    again = only(request)
    assert (again.cached, again.attempts) == (True, result.attempts)


def test_too_few_passes_are_a_failure(lab, stage, tmp_path):
    flaky = Flaky(tmp_path, 0, 1, 3, 0)
    result = only(lab.request(plan(flaky.code, "attempts = 3\nmin_passes = 2\n"), stage))
    assert result.verdict is Verdict.FAILED
    assert tries(result) == [("passed", 0), ("failed", 1), ("failed", 3)]


def test_an_attempt_that_cannot_tell_is_no_failure(lab, stage, tmp_path):
    flaky = Flaky(tmp_path, 1, 125)
    result = only(lab.request(plan(flaky.code, "attempts = 3\n"), stage))
    assert result.verdict is Verdict.COULD_NOT_RUN


def test_one_pass_does_not_count_where_more_are_asked_for(lab, stage):
    only(lab.request(plan(check="attempts = 2\n"), stage))
    strict = lab.request(plan(check="attempts = 2\nmin_passes = 2\n"), stage)
    assert missing(strict).earlier.differs == ("passes",)


class Compiler:
    """A toolchain that says what is in a file, and how often it was asked."""

    def __init__(self, folder):
        self.version, self.asked = folder / "version", folder / "asked"
        self.version.write_text("13\n", "ascii")
        code = (
            f"open({str(self.asked)!r}, 'a').write('.'); print(open({str(self.version)!r}).read())"
        )
        self.platform = f"[platforms.p]\ntoolchain = {json.dumps(['{python}', '-c', code])}\n"


@pytest.fixture
def compiler(tmp_path):
    return Compiler(tmp_path)


def test_another_toolchain_is_other_evidence(lab, stage, compiler):
    request = lab.request(plan(platforms=compiler.platform + "[platforms.q]\n"), stage)
    verify(request, lambda event: None)
    assert compiler.asked.read_text("ascii") == "."
    assert {one.cached for one in verify(request, lambda event: None).results} == {True}
    compiler.version.write_text("14\n", "ascii")
    one = missing(request)
    assert (one.cell.platform.name, one.earlier.differs) == ("p", ("toolchain",))
    assert not one.earlier.stale
    assert [r.cached for r in verify(request, lambda event: None).results] == [False, True]


def test_a_toolchain_that_cannot_be_asked_shows_nothing(lab, stage, compiler):
    request = lab.request(plan(platforms=compiler.platform), stage)
    assert only(request).verdict is Verdict.PASSED
    compiler.version.unlink()
    said = []
    (result,) = verify(request, said.append).results
    assert result.verdict is Verdict.COULD_NOT_RUN
    assert result.reason.startswith("the toolchain of p is unknown: {python} failed (exit code 1)")
    assert [event.price.cannot for event in said if isinstance(event, Priced)] == [1]
    assert not result.earlier.stale


def test_what_is_built_elsewhere_goes_by_what_was_built_with_there(lab, stage, compiler):
    request = lab.request(plan(platforms=compiler.platform), stage)
    only(request)
    away = lab.request(plan(platforms=compiler.platform + 'host = "plan9-vax"\n'), stage)
    compiler.version.write_text("14\n", "ascii")
    assert (only(away).verdict, only(away).cached) == (Verdict.PASSED, True)
    assert compiler.asked.read_text("ascii") == "."


def test_old_evidence_is_shown_and_not_counted(lab, stage):
    request = lab.request(plan(check='max_age = "30d"\n'), stage)
    only(request)
    assert only(request).cached
    with sqlite3.connect(lab.folder / EVIDENCE) as raw:
        raw.execute("UPDATE evidence SET started_at = started_at - 31 * 86400")
    raw.close()
    one = missing(request)
    assert (one.earlier.differs, one.earlier.stale) == ((), "too old")
    assert only(lab.request(plan(), stage)).cached
    result = only(request)
    assert (result.verdict, result.cached, result.earlier.stale) == (
        Verdict.PASSED,
        False,
        "too old",
    )


def on_base(lab, other, own="1"):
    """The stage on a base with that file: its own change is the same for the same `own`."""
    lab.commit({"other": other})
    base = lab.work.text("rev-parse", "HEAD")
    stage = lab.stage("one", {"other": other, "code": own})
    return replace(stage, base=base, patches=1)


def test_the_same_change_on_another_base_is_stale(lab):
    first, moved, edited = on_base(lab, "a"), on_base(lab, "b"), on_base(lab, "b", "2")
    only(lab.request(plan(), first))
    one = missing(lab.request(plan(), moved))
    assert one.earlier.differs == ("tree",)
    assert one.earlier.stale == f"on another base ({first.base[:7]})"
    assert one.earlier.record.verdict is Verdict.PASSED
    below = missing(lab.request(plan(), replace(moved, base=first.base)))
    assert below.earlier.stale == "above other patches"
    assert missing(lab.request(plan(), edited)).earlier.stale == ""
    assert missing(lab.request(plan("exit(2)"), moved)).earlier.stale == ""
    result = only(lab.request(plan(), moved))
    assert (result.cached, result.earlier.record.commit) == (False, first.commit)


def test_why_runs_nothing_and_knows_what_never_ran(lab, stage):
    one = missing(lab.request(plan(), stage))
    assert (one.cell.stage, one.earlier) == ("one", None)
    with EvidenceStore(lab.folder / EVIDENCE) as evidence:
        assert evidence.every() == ()
    only(lab.request(plan(), stage))
    assert why(lab.request(plan(), stage)) == ()


def test_a_renamed_stage_keeps_what_it_had(lab):
    first, moved = on_base(lab, "a"), on_base(lab, "b")
    only(lab.request(plan(), first))
    renamed = plan().replace('id = "one"', 'id = "uno"\nwas = "one"')
    one = missing(lab.request(renamed, replace(moved, stage="uno")))
    assert one.earlier.record.stage == "one"
    assert one.earlier.stale
