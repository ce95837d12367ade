"""Every reason against landing, alone and all at once; the way that is taken when there is none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stacker.approvals.standing import Known
from stacker.evidence.record import Verdict
from stacker.forge.api import (
    CIResult,
    CISource,
    CIState,
    MergeMethod,
    Permission,
    Protection,
    PullRequest,
    PullState,
    RepositoryFacts,
    RequiredCheck,
    Review,
    ReviewState,
)
from stacker.git.objects import Oid
from stacker.land.outcome import Way, Who
from stacker.land.preflight import (
    Blocked,
    LandFacts,
    MemberFacts,
    Ready,
    Withdrawn,
    preflight,
)
from stacker.land.proving import unproved
from stacker.land.rules import unmet
from stacker.series.plan.choices import Landing
from stacker.series.plan.model import Group, Repository, StageId
from stacker.verify.request import CellResult

HEAD, OLD = Oid("1" * 40), Oid("2" * 40)
OURS = '<!-- stacker:begin {"draft": true} -->\nx\n<!-- stacker:end -->'


def says(who, state="approved", commit=HEAD):
    return Review(who, ReviewState(state), commit, "2019-04-25T00:00:00Z")


def ci(state, name="CI", source=CISource.STATUS):
    return CIResult(name, source, CIState(state), "", "bot")


PULL = PullRequest(
    repository="up/proj", number=7, url="https://forge/7", node_id="x", state=PullState.OPEN,
    draft=False, title="A", body="", head_owner="porter", head_repository="porter/proj",
    head_branch="s/a", head=HEAD, base_branch="master", author="porter", merge_commit=None,
    reviews=(says("zed"),), checks=(ci("success"),), maintainer_can_modify=True, may_edit=True,
    comments=(),
)  # fmt: skip
MEMBER = MemberFacts(stage=StageId("a"), pull=PULL, head=HEAD, git_head=HEAD, unsubmitted=False)
ALL = frozenset(MergeMethod)
UPSTREAM = RepositoryFacts(
    "up/proj", "master", Permission.WRITE, ALL, False, None, "https://forge/up/proj.git"
)
RULES = Protection((), False, 1, True, False, True, True)
HOME = Repository(name="proj", upstream="up/proj", fork="porter/proj")
MEMBERS = (StageId("a"), StageId("b"))
FACTS = LandFacts(
    name="final", repository=HOME, upstream=UPSTREAM,
    protection=None, trunk="master",
    group=Group(name="final", stages=MEMBERS, approvals=1, require=("CI",)),
    alone_in=None, members=(MEMBER,), waiting_needs=(), foreign=(), trusted=True,
)  # fmt: skip


def with_pull(**fields):
    return replace(FACTS, members=(replace(MEMBER, pull=replace(PULL, **fields)),))


def with_landing(landing, facts=FACTS):
    return replace(facts, repository=facts.repository._replace(landing=landing))


WRONG = {
    "alone": (replace(FACTS, alone_in="final"), Who.COORDINATOR, "lands only with its group"),
    "need": (
        replace(FACTS, waiting_needs=((StageId("n"), 3),)),
        Who.COORDINATOR, "n (#3) must land first",
    ),
    "need without PR": (
        replace(FACTS, waiting_needs=((StageId("n"), None),)), Who.COORDINATOR, "n (not submitted)",
    ),
    "need that was reverted": (
        replace(FACTS, withdrawn=(Withdrawn(StageId("n"), HEAD, OLD, MEMBERS, gone=False),)),
        Who.PORTER, "n landed as 1111111111 and was reverted by 2222222222; a, b still hold its",
    ),
    "one that left and was reverted": (
        replace(FACTS, withdrawn=(Withdrawn(StageId("n"), HEAD, OLD, (), gone=True),)),
        Who.PORTER, "reverted by 2222222222; the series is without it",
    ),
    "foreign": (replace(FACTS, foreign=("s/a is at 123",)), Who.PORTER, "s/a is at 123"),
    "unseen": (replace(FACTS, upstream=None), Who.MAINTAINER, "cannot be seen"),
    "hand-off": (with_landing(Landing.HAND_OFF), Who.MAINTAINER, "handed over"),
    "read only": (
        replace(
            FACTS, upstream=replace(UPSTREAM, permission=Permission.READ),
            repository=HOME._replace(fork=None),
        ),
        Who.MAINTAINER, "may not write",
    ),
    "no method": (
        with_landing(
            Landing.PULL_REQUEST,
            replace(FACTS, upstream=replace(UPSTREAM, merge_methods=frozenset())),
        ),
        Who.MAINTAINER, "no way of merging",
    ),
    "no PR": (replace(FACTS, members=(replace(MEMBER, pull=None),)), Who.PORTER, "no pull request"),
    "closed": (with_pull(state=PullState.CLOSED), Who.PORTER, "#7 is closed"),
    "merged": (with_pull(state=PullState.MERGED), Who.PORTER, "#7 is merged"),
    "unsubmitted": (
        replace(FACTS, members=(replace(MEMBER, unsubmitted=True),)), Who.PORTER, "newest change",
    ),
    "another head": (
        replace(FACTS, members=(replace(MEMBER, head=OLD),)), Who.PORTER, "stacker did not push",
    ),
    "retargeted": (with_pull(base_branch="3.8"), Who.PORTER, "retargeted to 3.8"),
    "draft": (with_pull(draft=True), Who.PORTER, "made a draft"),
    "draft in a damaged block": (
        with_pull(draft=True, body=OURS.replace("true", "maybe")), Who.PORTER, "made a draft",
    ),
    "no approval": (with_pull(reviews=()), Who.REVIEWER, "#7 has 0 of 1 approvals"),
    "older approval": (with_pull(reviews=(says("zed", commit=OLD),)), Who.REVIEWER, "0 of 1"),
    "own approval": (with_pull(reviews=(says("porter"),)), Who.REVIEWER, "0 of 1"),
    "dismissed": (
        with_pull(reviews=(says("zed"), says("zed", "dismissed"))), Who.REVIEWER, "0 of 1",
    ),
    "changes requested": (
        with_pull(reviews=(says("zed"), says("kim", "changes-requested", OLD))),
        Who.PORTER, "kim requested changes",
    ),
    "branch asks for more": (
        replace(FACTS, protection=replace(RULES, approvals=2)), Who.REVIEWER, "1 of 2",
    ),
    "auto-merge": (with_pull(auto_merge=True), Who.MAINTAINER, "merged automatically, and alone"),
    "queued": (with_pull(queued=True), Who.MAINTAINER, "waits in a merge queue"),
    "another head in git": (
        replace(FACTS, members=(replace(MEMBER, git_head=OLD),)), Who.COORDINATOR, "git another",
    ),
    "approved before the head was forced there": (
        with_pull(head_pushed_at="2019-04-26T00:00:00Z"), Who.REVIEWER,
        "has 0 of 1 approvals that stand: zed approved before this head was forced there",
    ),
    "CI missing": (with_pull(checks=()), Who.CI, "CI has not passed"),
    "CI skipped": (with_pull(checks=(ci("skipped"),)), Who.CI, "CI has not passed"),
    "CI neutral": (with_pull(checks=(ci("neutral"),)), Who.CI, "CI has not passed"),
    "CI of two minds": (
        with_pull(checks=(ci("failure"), ci("success", source=CISource.CHECK_RUN))),
        Who.CI, "CI has not passed",
    ),
    "not trusted": (replace(FACTS, trusted=False), Who.COORDINATOR, "never ran on this machine"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_each_reason_alone(name):
    facts, who, text = WRONG[name]
    answer = preflight(facts)
    assert isinstance(answer, Blocked)
    [reason] = answer.reasons
    assert reason.who is who
    assert text in reason.text


def test_all_reasons_at_once():
    second = replace(PULL, number=8, draft=True, reviews=(), checks=())
    facts = replace(
        FACTS, alone_in="g", waiting_needs=((StageId("n"), 3),), foreign=("moved",), trusted=False,
        upstream=replace(UPSTREAM, permission=Permission.READ),
        repository=HOME._replace(fork=None),
        members=(
            replace(MEMBER, unsubmitted=True),
            replace(MEMBER, stage=StageId("b"), pull=second, head=OLD),
        ),
    )  # fmt: skip
    answer = preflight(facts)
    assert isinstance(answer, Blocked)
    said = [(r.who, r.stage) for r in answer.reasons]
    assert sorted(said, key=str) == sorted([
        (Who.COORDINATOR, None), (Who.COORDINATOR, "n"), (Who.COORDINATOR, None),
        (Who.PORTER, None), (Who.MAINTAINER, None), (Who.PORTER, "a"), (Who.PORTER, "b"),
        (Who.PORTER, "b"), (Who.REVIEWER, "b"), (Who.CI, "b"),
    ], key=str)  # fmt: skip


def test_what_does_not_stop_it():
    fine = with_pull(
        draft=True, body=OURS, reviews=(says("kim", "changes-requested"), says("kim"), says("zed"),
                                        says("zed", "commented", OLD), says("ann", "pending")),
    )  # fmt: skip
    assert isinstance(preflight(fine), Ready)
    free = replace(FACTS, group=None, members=(replace(MEMBER, pull=replace(PULL, reviews=())),))
    assert isinstance(preflight(free), Ready)


def test_ready_carries_what_was_cleared():
    answer = preflight(FACTS)
    assert isinstance(answer, Ready)
    assert answer.members == FACTS.members


EARLIER = replace(
    FACTS,
    members=(
        replace(
            MEMBER, pull=replace(PULL, reviews=(says("zed", commit=OLD),)),
            earlier={OLD: Known(3, True)},
        ),
    ),
)  # fmt: skip


def test_an_approval_of_the_same_change_counts_for_the_plan_and_for_upstream():
    assert isinstance(preflight(EARLIER), Ready)
    assert isinstance(preflight(replace(EARLIER, protection=RULES)), Ready)


def test_the_plans_rule_takes_nothing_from_upstreams():
    facts = replace(EARLIER, protection=replace(RULES, newest_push=True))
    answer = preflight(facts)
    assert isinstance(answer, Blocked)
    assert [one.text for one in answer.reasons] == [
        "#7 has 0 of 1 approvals of its newest push: zed approved v3, the same change"
    ]


def test_the_landing_pull_request_needs_approvals_of_its_own_head():
    pull = EARLIER.members[0].pull
    assert unmet(RULES, pull) == "#7: it has 0 of 1 approvals of its head"


OPEN = replace(RULES, through_pulls=False, approvals=0)
PARTLY = replace(RULES, through_pulls=False, approvals=0, complete=False)


@pytest.mark.parametrize(
    ("landing", "protection", "allowed", "way", "method"),
    [
        ("auto", None, ALL, "push", None),
        ("auto", OPEN, ALL, "push", None),
        ("auto", PARTLY, ALL, "push", None),
        ("auto", RULES, ALL, "pull-request", "rebase"),
        ("auto", RULES, {"merge", "squash"}, "pull-request", "merge"),
        ("auto", RULES, {"squash"}, "pull-request", "squash"),
        ("auto", replace(RULES, linear=True), {"merge", "squash"}, "pull-request", "squash"),
        ("auto", RULES, set(), "push", None),
        ("push", RULES, ALL, "push", None),
        ("pull-request", None, {"squash"}, "pull-request", "squash"),
    ],
)
def test_the_strongest_way_that_breaks_no_rule(landing, protection, allowed, way, method):
    methods = frozenset(MergeMethod(m) for m in allowed)
    facts = replace(
        with_landing(Landing(landing)), protection=protection,
        upstream=replace(UPSTREAM, merge_methods=methods),
    )  # fmt: skip
    answer = preflight(facts)
    assert isinstance(answer, Ready)
    assert (answer.way, answer.method) == (Way(way), method)


@pytest.mark.parametrize("verdict", list(Verdict))
@pytest.mark.parametrize("required", [True, False])
def test_only_what_passed_has_passed(verdict, required):
    one = CellResult(
        stage=StageId("a"), check="build", platform="win32", required=required, verdict=verdict,
        cached=False, seconds=1.0, origin="here", log="", reason="because",
    )  # fmt: skip
    found = unproved([one])
    assert bool(found) == (required and verdict != "passed")
    for reason in found:
        red = verdict in {Verdict.FAILED, Verdict.TIMED_OUT}
        assert reason.who is (Who.PORTER if red else Who.COORDINATOR)
        assert reason.text == f"build for win32 {verdict.replace('-', ' ')}: because"
        assert reason.command == f"stacker verify a{'' if red else ' --platform win32'}"


def test_what_waits_for_what_fails_is_the_porters_too():
    red = CellResult(
        stage=StageId("a"), check="build", platform="win32", required=False,
        verdict=Verdict.FAILED, cached=False, seconds=1.0, origin="here", log="",
    )  # fmt: skip
    held = replace(
        red, check="test", required=True, verdict=Verdict.COULD_NOT_RUN, reason="it needs build"
    )
    other = replace(held, platform="arm", reason="arm is built elsewhere")
    assert [(one.who, one.text) for one in unproved([red, held, other])] == [
        (Who.PORTER, "test for win32 could not run: it needs build"),
        (Who.COORDINATOR, "test for arm could not run: arm is built elsewhere"),
    ]


def test_what_the_branch_still_asks_of_the_landing_pull_request():
    assert unmet(None, PULL) == ""
    assert unmet(replace(RULES, required_checks=(RequiredCheck("CI"),)), PULL) == ""
    lacking = unmet(replace(RULES, required_checks=(RequiredCheck("x"),), approvals=2), PULL)
    assert lacking == "#7: x has not passed; it has 1 of 2 approvals of its head"
    bound = unmet(replace(RULES, required_checks=(RequiredCheck("CI", 7),)), PULL)
    assert "it is not app 7 that said so" in bound
