"""The rules of a branch, as they are read from a request and as they judge."""

from __future__ import annotations

import pytest

from stacker.hub.call import Body, Refusal
from stacker.hub.protection import PushRules, Required, Rules, Standing, judge_push, parse, unmet
from stacker.hub.records import Right

BUILDS = Required("build")
BUILD = 'Required status check "build" is expected.'


@pytest.mark.parametrize(
    ("rules", "standing", "reasons"),
    [
        (Rules(), Standing(frozenset()), ()),
        (Rules(checks=(BUILDS,)), Standing(frozenset()), (BUILD,)),
        (Rules(checks=(BUILDS,)), Standing(frozenset({BUILDS})), ()),
        (
            Rules(approvals=1),
            Standing(frozenset()),
            ("At least 1 approving review is required by reviewers with write access.",),
        ),
        (
            Rules(approvals=2),
            Standing(frozenset(), approvals=1),
            ("At least 2 approving reviews are required by reviewers with write access.",),
        ),
        (
            Rules(approvals=1),
            Standing(frozenset(), approvals=1, objections=1),
            ("Changes must be addressed: changes were requested by a reviewer.",),
        ),
        (
            Rules(checks=(BUILDS,), strict=True),
            Standing(frozenset({BUILDS}), up_to_date=False),
            ("The head branch is not up to date with the base branch.",),
        ),
        (Rules(checks=(BUILDS,)), Standing(frozenset({BUILDS}), up_to_date=False), ()),
    ],
)
def test_what_stops_a_merge(rules, standing, reasons):
    assert unmet(rules, standing) == reasons


@pytest.mark.parametrize(
    ("rules", "green", "deletes", "judged"),
    [
        (Rules(), (), False, PushRules(forward_only=True)),
        (Rules(allow_force=True, linear=True), (), False, PushRules(linear=True)),
        (Rules(), (), True, PushRules("Cannot delete a protected branch")),
        (Rules(allow_deletions=True), (), True, PushRules()),
        (Rules(approvals=0), (), False, PushRules("Changes must be made through a pull request.")),
        (Rules(checks=(BUILDS,)), (), False, PushRules(BUILD)),
        (Rules(checks=(BUILDS,)), (BUILDS,), False, PushRules(forward_only=True)),
        (
            Rules(checks=(BUILDS, Required("docs"), Required("lint"))),
            (Required("docs"),),
            False,
            PushRules(f"2 of 3 required status checks are expected. {BUILD}"),
        ),
    ],
)
def test_what_a_push_must_obey(rules, green, deletes, judged):
    assert judge_push(rules, green, deletes=deletes) == judged


def test_admins_are_bound_only_when_the_rules_say_so():
    assert Rules().for_right(Right.ADMIN) is None
    assert Rules().for_right(Right.WRITE) == Rules()
    assert Rules(enforce_admins=True).for_right(Right.ADMIN) == Rules(enforce_admins=True)


def test_rules_are_read_from_githubs_form():
    body = {
        "required_status_checks": {
            "strict": True,
            "contexts": ["build"],
            "checks": [{"context": "docs", "app_id": -1}, {"context": "build"}],
        },
        "required_pull_request_reviews": {"dismiss_stale_reviews": True},
        "enforce_admins": None,
        "restrictions": None,
        "required_linear_history": True,
    }
    assert parse(Body(body)) == Rules(
        checks=(BUILDS, Required("docs")), strict=True, approvals=1, dismiss_stale=True, linear=True
    )


@pytest.mark.parametrize(
    "body",
    [
        {"required_status_checks": []},
        {"required_status_checks": {"contexts": "build"}},
        {"required_status_checks": {"checks": [{"name": "build"}]}},
        {"required_pull_request_reviews": {"required_approving_review_count": "1"}},
        {"enforce_admins": "yes"},
    ],
)
def test_rules_of_another_form_are_refused(body):
    with pytest.raises(Refusal) as caught:
        parse(Body(body))
    assert caught.value.status == 422
