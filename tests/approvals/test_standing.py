"""Which approvals stand: a table of what was said, and what each comes to."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from stacker.approvals.standing import Known, approvals_of, earlier_heads
from stacker.approvals.words import told
from stacker.forge.api import Review, ReviewState

HEAD, SAME, OTHER, LOST, NEVER = "a" * 40, "b" * 40, "c" * 40, "d" * 40, "e" * 40
KNOWN = {SAME: Known(3, True), OTHER: Known(4, False), LOST: Known(5, None)}


@dataclass(frozen=True)
class Pull:
    reviews: tuple[Review, ...]
    author: str = "porter"
    head_pushed_at: str = ""


def pull(*said):
    """Of texts `who state commit`, oldest first."""
    words = (one.split(" ") for one in said)
    return Pull(tuple(Review(who, ReviewState(what), on, "") for who, what, on in words))


def test_what_is_older_than_the_head_was_given_to_another_one():
    """A forge may carry an approval over to what was forced there, and name that as its commit."""
    said = replace(pull(f"ann approved {HEAD}").reviews[0], submitted_at="2019-04-25T10:00:00Z")
    for forced, state in [("", "this-head"), ("2019-04-25T09:59:59Z", "this-head"),
                          ("2019-04-25T10:00:01Z", "re-pointed")]:  # fmt: skip
        found = approvals_of(Pull((said,), head_pushed_at=forced), HEAD, KNOWN)
        assert [one.state for one in found.each] == [state]
        assert found.approved == (state == "this-head")


TABLE = {
    "this head": ([f"ann approved {HEAD}"], "this-head", "ann approved this head"),
    "the same change": (
        [f"ann approved {SAME}"], "same-change", "ann approved v3, the same change",
    ),
    "another change": (
        [f"ann approved {OTHER}"], "changed", "ann approved v4, and the change is another since",
    ),
    "a head whose own change is not to be had": (
        [f"ann approved {LOST}"], "unknown-head",
        "ann approved v5, whose own change is not known here",
    ),
    "a head that nobody published": (
        [f"ann approved {NEVER}"], "unknown-head",
        "ann approved eeeeeeeeee, whose own change is not known here",
    ),
    "a head that the forge has no more": (
        ["ann approved "], "unknown-head",
        "ann approved a head that the forge has no more, whose own change is not known here",
    ),
    "approved anew": ([f"ann approved {OTHER}", f"ann approved {HEAD}"], "this-head", None),
    "approved, then an older head": (
        [f"ann approved {HEAD}", f"ann approved {OTHER}"], "changed", None,
    ),
    "remarks take nothing back": (
        [f"ann approved {SAME}", f"ann commented {HEAD}", f"ann pending {HEAD}"],
        "same-change", None,
    ),
    "dismissed": ([f"ann dismissed {HEAD}"], "dismissed", "the review of ann was dismissed"),
    "an approval behind what was dismissed": (
        [f"ann approved {HEAD}", f"ann dismissed {HEAD}"], "dismissed", None,
    ),
    "withdrawn": (
        [f"ann approved {SAME}", f"ann changes-requested {HEAD}"], "withdrawn",
        "ann approved v3, and asks for changes since",
    ),
    "content again": (
        [f"ann changes-requested {OTHER}", f"ann approved {HEAD}"], "this-head", None,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("said", "state", "words"), TABLE.values(), ids=TABLE)
def test_what_becomes_of_an_approval(said, state, words):
    found = approvals_of(pull(*said), HEAD, KNOWN)
    [one] = found.each
    assert one.state == state
    assert words in (None, told(one))
    assert found.approved == (state in ("this-head", "same-change"))


@pytest.mark.parametrize("commit", [SAME, OTHER, LOST, NEVER, ""])
def test_without_the_rule_only_those_of_the_very_head_stand(commit):
    found = approvals_of(pull(f"ann approved {commit}", f"bob approved {HEAD}"), HEAD)
    assert [(one.author, one.state) for one in found.each] == [
        ("ann", "earlier-head"), ("bob", "this-head"),
    ]  # fmt: skip
    assert told(found.each[0]) == "ann approved an earlier head"
    assert [one.author for one in found.standing] == ["bob"]


def test_who_refuses_is_heard_before_all_who_approve():
    found = approvals_of(pull(f"ann approved {HEAD}", f"bob changes-requested {OTHER}"), HEAD)
    assert (len(found.standing), found.refused_by, found.approved) == (1, ("bob",), False)


def test_what_the_author_says_counts_for_nothing():
    found = approvals_of(pull(f"porter approved {HEAD}", f"porter changes-requested {HEAD}"), HEAD)
    assert (found.each, found.refused_by) == ((), ())


def test_only_heads_that_may_count_are_looked_up():
    one = pull(
        f"ann approved {OTHER}", f"ann approved {SAME}", f"bob approved {SAME}",
        f"cid approved {HEAD}", f"dan dismissed {LOST}", f"eve approved {NEVER}",
        f"eve changes-requested {HEAD}", "fay approved ",
    )  # fmt: skip
    assert earlier_heads(one, HEAD) == (SAME,)
