from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from verify_world import PLAN

from stacker.boxes.sign import Doing, Sign
from stacker.errors import UsageError
from stacker.evidence.record import Verdict
from stacker.series.plan.choices import RunnerKind
from stacker.verify.request import CellResult, VerifyResult
from stacker.watch.deciding import Agreement, agreement, could_not, is_due, targets

SIGN = Sign(
    box="b", host="h", account="a", platforms=("arm",), doing=Doing.IDLE, what="", version=3,
    looked_at=1000, at=1000, stacker="1.0",
)  # fmt: skip


def test_only_known_commands_run_unless_all_are_agreed_to():
    assert agreement(known=True, trust=False) is Agreement.KNOWN
    assert agreement(known=True, trust=True) is Agreement.KNOWN
    assert agreement(known=False, trust=True) is Agreement.GIVEN
    assert agreement(known=False, trust=False) is Agreement.LACKING


@given(st.integers(-(10**6), 10**6))
def test_the_same_is_said_every_half_an_hour(passed):
    later = replace(SIGN, at=1000 + passed, looked_at=1000 + passed)
    assert is_due(SIGN, later) == (passed < 0 or passed >= 1800)


@given(st.integers(0, 10**6), st.sampled_from(Doing), st.sampled_from(Doing))
def test_a_change_is_said_at_once_but_not_each_build(passed, before, after):
    old = replace(SIGN, doing=before, what="this")
    new = replace(SIGN, doing=after, what="that", at=1000 + passed)
    both = before is after is Doing.BUILDING
    assert is_due(old, new) == (not both or passed >= 60)
    assert is_due(None, new)


def test_what_is_built_for():
    assert targets(PLAN, (), (), "linux-amd64") == ("win32",)
    assert targets(PLAN, (), (), "windows-amd64") == ("win32", "amd64")
    assert targets(PLAN, ("amd64", "win32", "amd64"), ("build",), "x") == ("amd64", "win32")
    with pytest.raises(UsageError, match="built by the buildbot runner bots"):
        targets(PLAN, ("arm",), (), "x")
    for mistake in ((("amr",), ()), ((), ("biuld",))):
        with pytest.raises(UsageError):
            targets(PLAN, *mistake, "linux-amd64")
    [*others, arm] = PLAN.platforms
    of_ci = PLAN._replace(
        platforms=(*others, arm._replace(builder="Tests")),
        runners=tuple(one._replace(kind=RunnerKind.GITHUB) for one in PLAN.runners),
    )
    with pytest.raises(UsageError, match="built by the github runner"):
        targets(of_ci, ("arm",), (), "linux-amd64")
    nowhere = PLAN._replace(platforms=PLAN.platforms[1:])
    with pytest.raises(UsageError, match="no platform"):
        targets(nowhere, (), (), "linux-amd64")


def result(check, verdict, reason=""):
    return CellResult(
        stage="ssl", check=check, platform="arm", required=True, verdict=verdict, cached=False,
        seconds=0.0, origin="", log="", reason=reason,
    )  # fmt: skip


def test_the_reason_is_told_and_not_what_waits_for_it():
    plan = PLAN._replace(
        checks=(PLAN.checks[0]._replace(name="test", needs=("build",)), PLAN.checks[0])
    )
    test = result("test", Verdict.COULD_NOT_RUN, "it needs build")
    build = result("build", Verdict.COULD_NOT_RUN, "no make")
    said = "build for arm could not run: no make"
    assert could_not(plan, VerifyResult((test, build))) == said
    failed = replace(build, verdict=Verdict.FAILED)
    assert not could_not(plan, VerifyResult((test, failed)))
