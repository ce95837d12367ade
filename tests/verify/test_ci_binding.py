"""What a run of upstream's CI comes to: every event, author, ending and ancestry."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from stacker.evidence.record import Verdict
from stacker.forge.api import CIResult, CISource, CIState
from stacker.series.plan.ci_checks import CICheck
from stacker.verify.ci_binding import Bound, Merge, Nothing, Seen, Unbound, Unseen, reading

CHECK = CICheck("Tests", "github-actions", "upstream-ci")
TREE, HEAD, TIP = "t" * 40, "a" * 40, "b" * 40
MERGE = Merge("#12", "master", TIP, followed=True, contained=True)
ENDS = {
    "success": Verdict.PASSED, "failure": Verdict.FAILED, "timed_out": Verdict.TIMED_OUT,
    "skipped": None, "neutral": None, "cancelled": None, "action_required": None,
    "startup_failure": None, "stale": None, "unheard_of": None, "": None,
}  # fmt: skip
EVENTS = ("push", "merge_group", "pull_request", "pull_request_target", "schedule", "")


def run(conclusion="success", event="push", app="github-actions", name="Tests"):
    state = CIState.PENDING if not conclusion else CIState.FAILURE
    state = {"success": CIState.SUCCESS, "skipped": CIState.SKIPPED}.get(conclusion, state)
    return CIResult(name, CISource.CHECK_RUN, state, "", app, conclusion, event)


def status(state="success"):
    return CIResult("Tests", CISource.STATUS, CIState(state), "", "zed")


def seen(*runs, merge=MERGE, tree=TREE):
    return Seen("#12's head aaaaaaa", HEAD, tree, "", merge, runs)


@pytest.mark.parametrize("end", ENDS)
def test_what_one_run_comes_to(end):
    apps, either = ("github-actions", "other", ""), (True, False)
    for event, app, followed, contained in product(EVENTS, apps, either, either):
        merge = replace(MERGE, followed=followed, contained=contained)
        found = reading(CHECK, seen(run(end, event, app), merge=merge))
        built = event in {"push", "merge_group"} or (
            event == "pull_request" and followed and contained
        )
        named = app == "github-actions"
        if ENDS[end] is None:
            assert isinstance(found, Nothing)
        elif named and built:
            assert (found.verdict, found.tree) == (ENDS[end], TREE)
        else:
            assert isinstance(found, Unbound), (event, app, merge)
            assert found.verdict is ENDS[end]
            assert found.word == ("unbound" if named else "not counted")


@pytest.mark.parametrize("event", EVENTS)
def test_without_an_app_in_the_plan_nothing_counts(event):
    found = reading(replace(CHECK, app=""), seen(run(event=event, app="")))
    assert (found.word, "names no app" in found.why) == ("not counted", True)


@pytest.mark.parametrize("app", ["", "github-actions"])
@pytest.mark.parametrize("state", ["success", "failure", "pending"])
def test_a_status_is_only_shown(state, app):
    found = reading(replace(CHECK, app=app), seen(status(state)))
    assert isinstance(found, Nothing if state == "pending" else Unbound)


ON = "on #12's head aaaaaaa"
REASONS = {
    "not submitted": (Unseen("a is not submitted"), "a is not submitted"),
    "no run": (seen(), f"no run of 'Tests' {ON} yet"),
    "another name": (seen(run(name="Docs")), f"no run of 'Tests' {ON} yet"),
    "running": (seen(run("")), f"'Tests' has not ended {ON}"),
    "skipped": (seen(run("skipped")), f"'Tests' was skipped, which is no pass, {ON}"),
    "moved on": (
        seen(run(event="pull_request"), merge=replace(MERGE, contained=False)),
        (
            f"'Tests' passed {ON}, unbound: it built the merge of #12 with master, which has "
            "moved on to bbbbbbb"
        ),
    ),
    "gone": (
        seen(run(event="pull_request"), merge=replace(MERGE, tip="", contained=False)),
        f"'Tests' passed {ON}, unbound: it built the merge of #12 with master, which is gone",
    ),
    "other branch": (
        seen(run(event="pull_request"), merge=replace(MERGE, branch="x", followed=False)),
        (
            f"'Tests' passed {ON}, unbound: it built the merge of #12 with x, which is not "
            "the branch that the plan names"
        ),
    ),
    "no pull request": (
        seen(run(event="pull_request"), merge=None),
        (
            f"'Tests' passed {ON}, unbound: it built the merge of a pull request that is not known "
            "here"
        ),
    ),
    "odd event": (
        seen(run("timed_out", "dis\npatch")),
        (
            f"'Tests' timed out {ON}, unbound: it was started by dis\\u{{a}}patch, which does not "
            "tell what it built"
        ),
    ),
    "no commit": (
        seen(run(), tree=None),
        f"'Tests' passed {ON}, unbound: this clone does not have that commit",
    ),
    "odd app": (
        seen(run(app="e\x1b[2Jvil")),
        f"'Tests' passed {ON}, not counted: it was made by e\\u{{1b}}[2Jvil, not by github-actions",
    ),
}


@pytest.mark.parametrize(("sight", "why"), [*REASONS.values()], ids=REASONS)
def test_the_reason_in_words(sight, why):
    assert reading(CHECK, sight).why == why


def test_what_ci_had_beside_the_files_is_not_known():
    found = reading(CHECK, seen(run()), ("deps",))
    assert (found.word, "deps" in found.why) == ("unbound", True)


FAILS, PASSES, SKIPS, WAITS = run("failure"), run(), run("skipped"), run("")
MERGED = run("success", "pull_request_target")


@pytest.mark.parametrize(
    ("runs", "kind", "verdict"),
    [
        ((PASSES, FAILS), Bound, Verdict.FAILED),
        ((WAITS, FAILS), Bound, Verdict.FAILED),
        ((PASSES, WAITS), Nothing, None),
        ((PASSES, run("cancelled")), Nothing, None),
        ((PASSES, SKIPS, run("neutral")), Bound, Verdict.PASSED),
        ((PASSES, MERGED), Bound, Verdict.PASSED),
        ((PASSES, run("failure", "pull_request_target")), Bound, Verdict.PASSED),
        ((PASSES, status("failure"), run("failure", app="other")), Bound, Verdict.PASSED),
        ((FAILS, status("success"), run("success", app="")), Bound, Verdict.FAILED),
        ((WAITS, status("success")), Nothing, None),
        ((SKIPS, status("success")), Nothing, None),
    ],
)
@pytest.mark.parametrize("turn", [1, -1])
def test_of_several_runs_the_worst_of_the_named_app_is_heard(runs, kind, verdict, turn):
    found = reading(CHECK, seen(*runs[::turn]))
    assert isinstance(found, kind)
    assert getattr(found, "verdict", None) is verdict
