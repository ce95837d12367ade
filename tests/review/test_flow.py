"""`review`: what the reviewer of one stage sees."""

from __future__ import annotations

import shutil

from small_series import CHECKS

PLAN = CHECKS + '\n[groups.final]\nstages = ["first-thing", "second-thing"]\n'


def test_a_stage_with_what_is_shown_of_it_and_its_own_change(small):
    small.append(PLAN)
    small.good("verify", "--trust", "second-thing")
    shown = small.good("review", "second-thing")
    lines = shown.out.splitlines()
    assert lines[:4] == [
        "second thing",
        "second-thing  local",
        "needs first-thing",
        "lands together with first-thing",
    ]
    assert "  no-bad-file  local  passed" in shown.out
    assert " c.txt | 1 +\n" in shown.out
    assert lines[-1] == "+new"
    assert "a.txt" not in shown.out  # that is of the stage below
    document = small.good("review", "second-thing", "--json").document
    assert (document["needs"], document["together"]) == (["first-thing"], ["first-thing"])
    [cell] = document["evidence"]
    assert (cell["check"], cell["state"]) == ("no-bad-file", "passed")
    assert "diff --git a/c.txt b/c.txt" in document["diff"]


def test_a_gap_says_why(small):
    small.append(CHECKS)
    assert "no evidence (has never run)" in small.good("review", "first-thing").out


def test_what_was_edited_by_hand_is_said(small):
    [patch] = (small.folder / "patches" / "first-thing").glob("*.patch")
    patch.write_bytes(patch.read_bytes().replace(b"+two", b"+deux"))
    shown = small.good("review", "first-thing").out
    assert "Edited by hand since: " in shown
    assert shown.rstrip().endswith("+two")


def test_there_is_something_to_say_where_nothing_can_be_shown(small):
    done = small.run("review", "#7")
    assert (done.code, "no stage is pull request #7" in done.err) == (2, True)
    assert small.run("review", "frist-thing").code == 2
    small.upstream.add("main", ("took it", {"a.txt": "two\n"}))
    small.good("rebase")
    done = small.run("review", "first-thing")
    assert (done.code, "has landed" in done.err) == (1, True)
    small.append('[[stages]]\nid = "later"\n')
    assert "has no patches yet" in small.run("review", "later").err
    shutil.rmtree(small.folder / ".stacker")
    assert "no objects yet" in small.run("review", "second-thing").err
