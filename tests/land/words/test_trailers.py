"""What the last commit of a landing says of it, and who is believed."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from landing_facts import BASE, BOTH, CANDIDATE, HEAD, OTHER, TREE, hostile, member

from stacker.land.words.trailers import (
    LandingTold,
    landing_told,
    revert_transaction,
    speaks_for_us,
    trailers,
    transaction,
)

TX = "7c1c7fb930a15053e92c"


def test_another_base_head_change_way_or_try_is_another_landing():
    def tx(name="final", candidate=CANDIDATE, members=BOTH, way="push", tries=0):
        return transaction(name, candidate, members, way=way, tries=tries)

    found = [
        tx(), tx("else"), tx(candidate=replace(CANDIDATE, base=OTHER)), tx(members=BOTH[:1]),
        tx(candidate=replace(CANDIDATE, commit=OTHER)), tx(way="pull-request"), tx(tries=1),
        revert_transaction("final", BASE, TREE, "push", 0),
        revert_transaction("final", BASE, TREE, "push", 1),
    ]  # fmt: skip
    assert len(set(found)) == len(found)
    assert tx() == tx()
    assert all(len(one) == 20 and one.isalnum() for one in found)


def test_they_tell_what_recovery_needs():
    assert trailers("tx", "final", [member(), member("b", None)], BASE, 3) == [
        "Stacker-Landing: tx", "Stacker-Group: final", f"Stacker-Base: {BASE}",
        "Stacker-Commits: 3", f"Stacker-Member: #12@{HEAD}", f"Stacker-Member: b@{HEAD}",
    ]  # fmt: skip


@given(hostile(), st.sampled_from(["final", "a#1", "@up", "gh-7:www.x"]), st.integers(1, 99))
def test_what_is_written_is_read_whatever_stands_above(above, name, commits):
    """Names come back as they are; nothing of a patch's own message is believed."""
    end = "\n".join(trailers(TX, name, BOTH, BASE, commits))
    text = f"Subject\n\n{above}\nStacker-Commits: 9999\n\n{end}\n".encode("utf-8", "replace")
    assert landing_told(text) == LandingTold(TX, name, BASE, commits, ((12, HEAD), (13, HEAD)))


@given(hostile())
def test_what_cannot_be_read_is_no_landing_or_one_of_little(text):
    told = landing_told(f"Subject\n\nStacker-Landing: {TX}\n{text}".encode("utf-8", "replace"))
    assert told is None or told.commits >= 1
    assert landing_told(f"Stacker-Landing: {TX}\n".encode()) is None  # a subject


def test_a_patch_that_says_so_is_told():
    assert speaks_for_us(b"Fix\n\nText\n  stacker-landing : x\nMore")
    assert not speaks_for_us(b"Fix\n\nThe Stacker-Landing: line is ours\n")
