from __future__ import annotations

import pytest

from stacker.evidence.record import Record, Verdict
from stacker.render.evidence import part_text
from stacker.render.verify import verify_document, verify_text
from stacker.verify.earlier import Earlier
from stacker.verify.request import CellResult, VerifyResult


def result(stage, platform="win32", verdict=Verdict.PASSED, *, required=True, **more):
    given = {"check": "build", "cached": False, "seconds": 2.0, "origin": "here", "log": ""}
    return CellResult(
        stage=stage, platform=platform, verdict=verdict, required=required, **(given | more)
    )


def text(*results, tails=None, on_forge=True):
    return verify_text(VerifyResult(results), tails or {}, on_forge=on_forge)


def test_a_table_for_each_check():
    shown = text(
        result("openssl"),
        result("openssl", "arm32", Verdict.FAILED, required=False),
        result("library", cached=True),
        result("library", "arm32", check="arm"),
    )
    assert shown.splitlines() == [
        "build      win32   arm32",
        "  openssl  passed  failed (allowed)",
        "  library  passed",
        "",
        "arm        arm32",
        "  library  passed",
        "",
        "3 of 3 required checks passed; 1 known before.",
        "Next: stacker submit",
    ]


def test_a_failure_has_the_end_of_its_log():
    shown = text(result("a", verdict=Verdict.TIMED_OUT, log="l"), tails={"l": ("one", "two")})
    assert "a: build for win32 timed out\n    one\n    two\n  All of it: l\n" in shown
    assert shown.endswith("Next: mend the patches, then stacker verify a")


def test_what_could_not_run_gives_its_reason_once():
    cannot = {"verdict": Verdict.COULD_NOT_RUN, "reason": "no such machine"}
    shown = text(result("a", **cannot), result("b", **cannot))
    assert shown.count("no such machine") == 1
    assert "Next:" not in shown


def test_what_others_ran_is_told_with_who_signed_it():
    theirs = {"shared": True, "origin": "arm-box"}
    shown = text(
        result("a"),
        result("a", "arm", signed_by="box", **theirs),
        result("b", "arm", signed_by="box", **theirs),
        result("b", "x86", **theirs),
    )
    assert [line for line in shown.splitlines() if "arm-box" in line] == [
        "build for arm: from arm-box, signed by box",
        "build for x86: from arm-box, signed by nobody the plan names",
    ]


def test_without_a_forge_there_is_nothing_to_submit():
    assert "Next:" not in text(result("a"), on_forge=False)


def test_the_document_has_what_scripts_rely_on():
    (one,) = verify_document(VerifyResult((result("a"),)))["results"]
    assert {"stage", "check", "platform", "verdict", "cached", "seconds", "origin", "log"} <= set(
        one
    )


def test_what_could_not_run_tells_its_stale_evidence():
    record = Record(
        key="k", stage="a", check="build", platform="win32", verdict=Verdict.PASSED, exit_code=0,
        seconds=1.0, host="bot", commit="c", tree="t", base="b", log="", started_at=86400.0,
        clean=True,
    )  # fmt: skip
    was = Earlier(record, ("tree",), "on another base (b)")
    cannot = {"verdict": Verdict.COULD_NOT_RUN, "reason": "no such machine", "earlier": was}
    shown = text(result("a", **cannot), result("b", earlier=was))
    assert shown.splitlines()[-2:] == [
        (
            "a: build for win32: stale evidence, not counted: passed on 1970-01-02 (bot), "
            "on another base (b)"
        ),
        "1 of 2 required checks passed.",
    ]


@pytest.mark.parametrize(
    ("was", "said"),
    [
        (("run", "passes", "schema"), "commands, attempts, schema"),
        (("values.base", "values.stage"), "base, stage's name"),
        (("environment.CC", "repositories.deps"), "variable CC, repository deps"),
    ],
)
def test_parts_of_a_key_as_people_call_them(was, said):
    assert ", ".join(map(part_text, was)) == said
