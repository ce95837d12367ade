"""The level that holds a group together, by what was read."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stacker.doctor.finding import Health
from stacker.doctor.gate import gate_finding
from stacker.doctor.level import Facts, Level, level_of, next_steps, not_against
from stacker.doctor.rules import rules_text
from stacker.forge.api import (
    Bypass,
    CIResult,
    CISource,
    CIState,
    MergeMethod,
    Protection,
    PullRequest,
    PullState,
    RequiredCheck,
    Updater,
)

RULES = Protection((), False, 0, True, False, False, True)
LABEL = "DO-NOT-MERGE"
STOP = RequiredCheck("DO-NOT-MERGE / unresolved review")
RED = CIResult(STOP.name, CISource.CHECK_RUN, CIState.FAILURE, "", "github-actions", app=15368)
ANY, BOUND = RequiredCheck("land-together"), RequiredCheck("land-together", 7)
APP, ADMINS = Updater("Integration 7", app=True), Updater("admins", app=False)


def pull(number=7, **more):
    given = {
        "repository": "o/r", "number": number, "url": "", "node_id": "", "state": PullState.OPEN,
        "draft": False, "title": "", "body": "", "head_owner": "me", "head_repository": "me/r",
        "head_branch": "b", "head": "a" * 40, "base_branch": "main", "author": "me",
        "merge_commit": None, "reviews": (), "checks": (), "maintainer_can_modify": True,
        "may_edit": True, "comments": (),
    }  # fmt: skip
    return PullRequest(**(given | more))


def facts(*members, rules=None, workflow=False):
    return Facts(members or (pull(),), rules, workflow)


def rules(*checks, **more):
    return replace(RULES, required_checks=checks, **more)


HELD = pull(labels=(LABEL,), checks=(RED,))


@pytest.mark.parametrize(
    ("seen", "level"),
    [
        (facts(), Level.TEXT),
        (facts(pull(draft=True), pull(8)), Level.TEXT),
        (facts(pull(draft=True), pull(8, draft=True)), Level.DRAFTS),
        (Facts((), None, False), Level.STRUCTURE),
        (facts(HELD, rules=rules(STOP)), Level.LABEL),
        (facts(HELD, pull(8), rules=rules(STOP)), Level.TEXT),
        (facts(HELD), Level.TEXT),  # the check is not required
        (facts(pull(checks=(RED,)), rules=rules(STOP)), Level.TEXT),  # another reason, which ends
        (facts(replace(HELD, checks=()), rules=rules(STOP)), Level.LABEL),
        (facts(replace(HELD, labels=("docs",)), rules=rules(STOP)), Level.TEXT),
        (facts(rules=rules(ANY)), Level.TEXT),
        (facts(workflow=True), Level.TEXT),
        (facts(rules=rules(ANY), workflow=None), Level.TEXT),
        (facts(rules=rules(ANY), workflow=True), Level.WORKFLOW),
        (facts(rules=rules(BOUND)), Level.APP),
        (facts(rules=rules(restricted=True, updaters=(APP,))), Level.SOLE_UPDATER),
        (facts(rules=rules(BOUND, restricted=True, updaters=None)), Level.APP),
        (facts(rules=rules(BOUND, restricted=True, updaters=(APP, ADMINS))), Level.APP),
        (facts(rules=rules(BOUND, restricted=True, updaters=())), Level.APP),
        (facts(rules=rules(BOUND, updaters=(APP,))), Level.APP),
    ],
)
def test_a_level_is_reached_by_what_was_read(seen, level):
    assert level_of(seen) is level


@pytest.mark.parametrize("level", Level)
def test_each_level_says_what_it_leaves_open_and_what_is_next(level):
    seen = facts()
    assert not_against(seen, level)
    assert bool(next_steps(seen, level, "main")) == (level is not max(Level))


def test_a_check_that_is_required_stops_a_click_whoever_reports_it():
    assert "sets the status land-together by hand" in not_against(
        facts(rules=rules(ANY)), Level.TEXT
    )
    assert "a click" in not_against(facts(workflow=True), Level.TEXT)


def test_what_was_not_read_is_said():
    unread = facts(rules=rules(ANY, complete=False), workflow=None)
    assert "could not be read" in next_steps(unread, Level.LABEL, "main")[0]
    assert "perhaps any admin" in not_against(unread, Level.WORKFLOW)
    hidden = facts(rules=rules(BOUND, restricted=True))
    assert "if it is not reached" in next_steps(hidden, Level.APP, "main")[0]


def test_what_actions_report_whoever_pushes_a_workflow_can():
    seen = facts(rules=rules(RequiredCheck("land-together", 15368)))
    assert "push a workflow" in not_against(seen, level_of(seen))
    assert "push a workflow" not in not_against(facts(rules=rules(BOUND)), Level.APP)


def test_only_what_is_missing_is_asked_for():
    [step] = next_steps(facts(workflow=True), Level.LABEL, "main")
    assert step == "L4: have the rules of main require the check land-together"
    [step] = next_steps(facts(rules=rules(ANY)), Level.LABEL, "main")
    assert "require" not in step


def test_a_click_is_a_warning():
    found = gate_finding("gate r", facts(), "main\x1b")
    assert (found.health, found.message) == (
        Health.WARNING, "L0 of L6 on main\\u{1b}: only the words of the pull requests",
    )  # fmt: skip
    assert found.hint.startswith("It does not hold against a click")
    assert gate_finding("gate r", facts(rules=rules(BOUND)), "main").health is Health.OK


@pytest.mark.parametrize(
    ("seen", "text"),
    [
        (None, "not protected"),
        (
            rules(BOUND, strict=True, linear=True, signatures=True, approvals=2),
            ("protected; required CI checks: land-together (only from app 7); approvals: 2; "
            "up to date with the branch; no merge commits; signed commits"),
        ),
        (
            rules(
                methods=frozenset({MergeMethod.SQUASH}), queue=True, restricted=True,
                updaters=(APP,), bypass=(Bypass("ruleset main", pushes=False),),
            ),
            ("protected; required CI checks: none; approvals: 0; merged by squash; "
            "all by the merge queue; changed by Integration 7 alone; "
            "this token may go past in pull requests: ruleset main"),
        ),
        (
            rules(complete=False, restricted=True),
            ("protected; required CI checks: none; changed by some alone; "
            "the other rules only its admins see"),
        ),
    ],
)  # fmt: skip
def test_all_rules_are_shown(seen, text):
    assert rules_text(seen) == text
