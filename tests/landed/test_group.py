"""How much of a group there is upstream, and the words for it."""

from __future__ import annotations

import pytest

from stacker.landed.group import Extent, GroupLanding, WayOut, alone_words, ways_out

ONE, TWO = "1a2b3c4d" + "0" * 32, "5e6f7a8b" + "0" * 32
NUMBERS = {"a": 11825, "b": 12059}


def landing(members="abc", **landings):
    return GroupLanding("final", tuple(members), landings)


@pytest.mark.parametrize(
    ("one", "extent", "left"),
    [
        (landing(), Extent.NONE, "abc"),
        (landing(a=ONE), Extent.PREFIX, "bc"),
        (landing(b=ONE, a=ONE), Extent.PREFIX, "c"),
        (landing(b=ONE), Extent.SOME, "ac"),
        (landing(a=ONE, c=TWO), Extent.SOME, "b"),
        (landing(a=ONE, b=TWO, c=None), Extent.ALL, ""),
        (landing("a"), Extent.NONE, "a"),
        (landing("a", a=ONE), Extent.ALL, ""),
    ],
)
def test_how_much_of_it_there_is(one, extent, left):
    assert (one.extent, one.left) == (extent, tuple(left))
    assert one.torn == (extent in (Extent.PREFIX, Extent.SOME))


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (landing(a=ONE), "#11825 landed alone as 1a2b3c4d"),
        (landing(c=ONE), "c landed alone as 1a2b3c4d"),
        (landing(a=ONE, b=ONE), "#11825, #12059 landed alone as 1a2b3c4d"),
        (landing(a=ONE, b=TWO), "#11825 landed alone as 1a2b3c4d, #12059 as 5e6f7a8b"),
        (landing(a=None), "#11825 was merged alone"),
        (landing(a=ONE, b=None), "#11825 landed alone as 1a2b3c4d, #12059 was merged alone"),
    ],
)
def test_what_landed_without_the_others(one, words):
    assert alone_words(one, NUMBERS) == words


def test_what_else_a_commit_brought_goes_with_it():
    one = GroupLanding("final", ("a", "b"), {"a": ONE}, {"below": ONE})
    assert ways_out(one, None)[1].what == "take a, below out again"


def test_the_ways_out_take_the_newest_out_first():
    assert ways_out(landing("abcd", a=ONE, b=ONE, c=TWO), 41) == (
        WayOut("land the rest", "stacker land --group final --rest"),
        WayOut("take c out again", f"stacker land --revert {TWO}"),
        WayOut("take a, b out again", f"stacker land --revert {ONE}"),
        WayOut('accept it: series.toml:41, take "a", "b", "c" out of [groups.final]'),
    )
