from __future__ import annotations

from stacker.forge.api import CIResult, CISource, CIState, PullState, Review, ReviewState
from stacker.forge.cache import KnownPull
from stacker.status.review import opinion

HEAD, OLD = "a" * 40, "b" * 40


def pull(*reviews, **checks):
    told = [
        CIResult(name, CISource.CHECK_RUN, CIState(state), "", "")
        for name, states in checks.items()
        for state in states.split()
    ]
    return KnownPull(
        repository="o/r", number=1, url="https://forge/1", state=PullState.OPEN, draft=False,
        author="porter",
        head=HEAD, checks=tuple(told), base_branch="master", base_tip="",
        head_pushed_at="", read_at=7,
        reviews=tuple(Review(who, ReviewState(what), on, "") for who, what, on in reviews),
    )  # fmt: skip


def test_an_approval_counts_for_the_head_that_was_looked_at():
    found = opinion(pull(("ann", "approved", HEAD), ("bob", "approved", OLD)))
    assert found.approved
    assert found.approved_by == ("ann",)
    assert found.approved_before == ("bob",)


def test_the_newest_word_of_each_reviewer_counts():
    found = opinion(pull(("ann", "changes-requested", HEAD), ("ann", "approved", HEAD)))
    assert found.approved
    assert found.refused_by == ()


def test_a_remark_takes_no_approval_back():
    assert opinion(pull(("ann", "approved", HEAD), ("ann", "commented", HEAD))).approved


def test_a_dismissed_approval_is_none():
    assert not opinion(pull(("ann", "approved", HEAD), ("ann", "dismissed", HEAD))).approved


def test_one_refusal_outweighs_approvals():
    found = opinion(pull(("ann", "approved", HEAD), ("bob", "changes-requested", OLD)))
    assert not found.approved
    assert found.refused_by == ("bob",)


def test_checks_are_bad_unless_they_are_known_to_be_good():
    found = opinion(
        pull(good="success", left="skipped", bad="failure failure", now="pending success",
             both="pending failure")
    )  # fmt: skip
    assert found.failing == ("bad", "both")
    assert found.pending == ("now",)
