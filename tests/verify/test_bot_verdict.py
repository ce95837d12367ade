from __future__ import annotations

from dataclasses import replace

import pytest

from stacker.bots.logs import Written
from stacker.bots.values import Build, Results
from stacker.evidence.record import Verdict
from stacker.verify.bot_verdict import shown

COMMIT, OTHER = "a" * 40, "b" * 40
BUILD = Build(
    id=1, number=1, builder=1, request=1, results=Results.SUCCESS, started_at=0, ended_at=1,
    said="", worker="w", commit=COMMIT, branch="", identity=None,
)  # fmt: skip


@pytest.mark.parametrize(
    ("results", "written", "verdict", "code"),
    [
        (Results.SUCCESS, Written(), Verdict.PASSED, 0),
        (Results.WARNINGS, Written(2), Verdict.PASSED, 0),
        (Results.FAILURE, Written(1), Verdict.FAILED, 1),
        (Results.FAILURE, Written(126), Verdict.FAILED, 126),
        (Results.FAILURE, Written(137), Verdict.FAILED, 137),
        (Results.FAILURE, Written(), Verdict.FAILED, None),
        (Results.FAILURE, Written(late=True), Verdict.TIMED_OUT, None),
        (Results.FAILURE, Written(125), Verdict.COULD_NOT_RUN, 125),
        (Results.FAILURE, Written(127), Verdict.COULD_NOT_RUN, 127),
        (Results.SKIPPED, Written(), Verdict.COULD_NOT_RUN, None),
        (Results.EXCEPTION, Written(1), Verdict.COULD_NOT_RUN, None),
        (Results.RETRY, Written(), Verdict.COULD_NOT_RUN, None),
        (Results.CANCELLED, Written(), Verdict.COULD_NOT_RUN, None),
    ],
)
def test_results(results, written, verdict, code):
    found = shown(replace(BUILD, results=results), written, COMMIT, stopped=False)
    assert (found.verdict, found.exit_code) == (verdict, code)
    assert bool(found.reason) == (verdict is Verdict.COULD_NOT_RUN)


@pytest.mark.parametrize("results", [Results.SUCCESS, Results.FAILURE])
@pytest.mark.parametrize("built", [OTHER, ""])
def test_another_commit_shows_nothing(results, built):
    found = shown(replace(BUILD, results=results, commit=built), Written(1), COMMIT, stopped=False)
    assert found.verdict is Verdict.COULD_NOT_RUN


def test_what_we_ended_is_late():
    ended = replace(BUILD, results=Results.CANCELLED)
    assert shown(ended, Written(), COMMIT, stopped=True).verdict is Verdict.TIMED_OUT
    still = replace(BUILD, results=None)
    assert shown(still, Written(), COMMIT, stopped=True).verdict is Verdict.TIMED_OUT
