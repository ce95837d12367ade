"""The part of a pull request's text that tells of evidence, without forge or store."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stacker.submit.stops.gating import against
from stacker.submit.words.body import inline
from stacker.submit.words.evidence_text import (
    Lack,
    evidence_lines,
    facts_of,
    lacks_in,
    lacks_of,
    still_lacking,
)
from stacker.verify.stage_tree import StageTree
from stacker.verify.standing import Evidence, Standing, State

TREE, BASE = "d" * 40, "b" * 40


def standing(check="test", platform="linux", state=State.PASSED, **more):
    gap = {State.STALE: "too old", State.MISSING: "has never run"}
    given = {"required": True, "reason": gap.get(state, "")}
    return Standing(stage="s", check=check, platform=platform, state=state, **(given | more))


def evidence(*results):
    return Evidence(StageTree("s", "main", BASE, "c" * 40, TREE), results)


def text(*results, lacks=(), tree=TREE):
    return "\n".join(evidence_lines(evidence(*results), tree, lacks))


def test_a_stage_without_checks_has_nothing_to_tell():
    assert text(lacks=[Lack("x", "y", State.FAILED)]) == ""


def test_the_table_has_words_and_every_gap_its_reason():
    said = text(
        standing(since=86_400.0),
        standing(platform="arm", state=State.MISSING),
        standing("build", state=State.TIMED_OUT, since=2 * 86_400.0),
        standing("lint", state=State.MISSING),
        standing("lint", "arm", State.FAILED, required=False, since=0.0),
    )
    assert said == (
        "**Evidence:** each result is a recorded run of a check on exactly these files "
        "(tree `dddddddddd`). The newest is of 1970-01-03.\n"
        "\n"
        "| check | linux | arm |\n"
        "| --- | --- | --- |\n"
        "| test | ✓ passed | no evidence |\n"
        "| build | ✗ timed out | not asked for |\n"
        "| lint | no evidence | ✗ failed (may fail here) |\n"
        "\n"
        "- test for arm, lint for linux: no evidence (has never run)\n"
    )


def test_other_files_than_the_published_ones_are_named():
    said = text(standing(), tree="e" * 40)
    assert "on this change put on `bbbbbbbbbb` (tree `dddddddddd`)." in said
    assert "newest" not in said


def test_names_and_reasons_are_harmless():
    bad = "a_@b`#1"
    said = text(standing(bad, bad, State.MISSING, reason="@all <b> | x"))
    for line in said.splitlines()[2:]:
        assert bad not in line
        assert "@all" not in line
    assert inline("@all <b> | x") in said
    assert f"| {inline(bad)} |" in said


def test_what_was_lacking_is_told_and_remembered():
    found = [standing(state=state) for state in State if state is not State.PASSED]
    lacks = lacks_of(found)
    said = text(*found, lacks=lacks)
    assert said.startswith(
        "**Published unverified:** when this was pushed, test for linux failed; test for linux "
        "timed out; test for linux had only stale evidence; test for linux had no evidence.\n"
    )
    rows = [list(row) for row in facts_of(lacks)]
    assert lacks_in(rows) == lacks


@pytest.mark.parametrize(
    "facts",
    [
        None,
        1,
        "x",
        [1],
        [["a", "b"]],
        [["a", "b", "nonsense"]],
        [["a", "b", "passed"]],
        [["a", 1, "failed"]],
        {},
    ],
)
def test_a_damaged_memory_remembers_nothing(facts):
    assert lacks_in(facts) == ()


def test_what_is_green_or_gone_is_forgotten():
    lacks = [Lack("test", p, State.FAILED) for p in ("linux", "arm", "gone", "may-fail")]
    now = evidence(
        standing(),
        standing(platform="arm", state=State.MISSING),
        standing(platform="may-fail", state=State.FAILED, required=False),
    )
    assert still_lacking(lacks, now) == (lacks[1],)


def test_what_stands_against_publishing():
    red = standing("red", state=State.FAILED)
    slow = standing("slow", state=State.TIMED_OUT)
    old = standing("old", state=State.STALE)
    none = standing("none", state=State.MISSING)
    member = standing("tip", state=State.FAILED, required=False)
    shown = {"s": evidence(standing(), red, slow, old, none, member)}
    assert against(["s", "other"], shown, all_of_it=False) == (red, slow)
    assert against(["s"], shown, all_of_it=True) == (red, slow, old, none)
    assert against([], shown, all_of_it=True) == ()
    later = replace(none, from_ci=True)  # CI runs on what is published, so not before
    shown = {"s": replace(shown["s"], results=(later, replace(red, from_ci=True)))}
    assert against(["s"], shown, all_of_it=True) == (replace(red, from_ci=True),)
