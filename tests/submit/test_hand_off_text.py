"""What is sent with a package, without git; hostile names and texts change no command."""

from __future__ import annotations

import re
import shlex

from stacker.git.bundle import Bundle
from stacker.git.changes import Leaf
from stacker.handoff.proof import ByCheck, ByPaths, ByTree
from stacker.series.plan.model import Check
from stacker.submit.words.body import Part
from stacker.submit.words.hand_off_text import HandOff, hand_off_text

BASE, TIP, TREE, BLOB = "a" * 40, "b" * 40, "c" * 40, "d" * 40
HOSTILE = "@guido Closes #1 </details> `x` **b** [l](u)\x1b[31m\u202e --> ``` <!-- "


def part(stage, **more):
    given = {"title": stage, "reference": "", "state": "open", "group": None, "needs": ()}
    return Part(stage=stage, **given | more)


def text(*parts, here="bin", **more):
    parts = parts or (part("bin"), part("build", needs=("bin",), reference="up/proj#5"))
    given = {
        "series": "Windows on ARM32", "title": "Binaries", "body": "", "upstream": "up/bin",
        "branch": "openssl-bin", "bundle": Bundle(f"refs/heads/arm/{here}", TIP, BASE),
        "proof": ByTree(TREE), "part": next(p for p in parts if p.stage == here),
    }  # fmt: skip
    return hand_off_text(HandOff(**given | more), parts)


def blocks(said):
    return [b.splitlines() for b in re.findall(r"^```\n(.*?)^```$", said, re.DOTALL | re.MULTILINE)]


TAKE = [
    "git bundle verify bin.bundle", "git fetch bin.bundle arm/bin", "git switch openssl-bin",
    "git merge --ff-only FETCH_HEAD", "git push",
]  # fmt: skip


def test_the_whole_text():
    said = text(body="Built with `nmake`.")
    lines = said.split("\n")
    assert lines[0] == "# Binaries"
    assert lines[2:4] == [
        "Part 1 of 2 of *Windows on ARM32*, for branch `openssl-bin` of up/bin.",
        "Needed by up/proj#5.",
    ]
    assert blocks(said) == [
        TAKE,
        [f"git cherry-pick {BASE}..FETCH_HEAD"],
        ["git rev-parse 'openssl-bin^{tree}'"],
    ]
    assert TREE in said
    assert said.endswith("\n## What it is\n\nBuilt with `nmake`.\n")


def test_nobody_is_named_who_needs_nothing():
    assert "Needed by" not in text(part("bin"))
    assert "\nNeeded by *a\\_1*, up/proj#9.\n" in text(
        part("bin"), part("a_1", needs=("bin",)), part("z", needs=("bin",), reference="up/proj#9"),
        part("no", reference="up/proj#8"),
    )  # fmt: skip


def test_a_branch_that_is_not_named_is_the_default_one():
    said = text(branch=None)
    assert "for the default branch of up/bin" in said
    assert not [line for line in blocks(said)[0] if "switch" in line]
    assert blocks(said)[2] == ["git rev-parse 'HEAD^{tree}'"]


def test_paths_of_which_only_the_first_are_listed():
    leaves = [(b"gone", None), (b"a b\xff\n\x1b", Leaf("100644", BLOB))]
    leaves += [(b"f%d" % n, Leaf("100755", BLOB)) for n in range(30)]
    rows = blocks(text(proof=ByPaths(tuple(leaves))))[2]
    assert rows[:2] == ["not there gone", f"100644 {BLOB} a b\\xff\\u{{a}}\\u{{1b}}"]
    assert rows[-1] == "and 12 more, in proof.json"
    assert len(rows) == 21


def test_checks_as_somebody_may_run_them():
    check = Check("build", (("make", "a b"), ("{python}", "-m", "test")), "bin")
    assert blocks(text(proof=ByCheck((check,), "bin")))[2] == [
        "build: make 'a b'", "build: python3 -m test"
    ]  # fmt: skip


def test_where_no_check_is_of_that_repository_none_is_promised():
    said = text(proof=ByCheck((), "bin"))
    assert "\nA commit of the branch brings just this change.\n" in said
    assert "checks" not in said
    assert len(blocks(said)) == 2


def test_hostile_words_change_no_command_and_name_nobody():
    name = "x;rm$(y)`z`'"
    said = text(
        part(name), part("m", title=HOSTILE, needs=(name,)), here=name, title=HOSTILE,
        series=HOSTILE, upstream=HOSTILE, branch="b;`reboot`", body=f"{HOSTILE}\n```\nopen",
    )  # fmt: skip
    before, _, own = said.partition("\n## What it is\n")
    assert own
    assert "\x1b" not in said
    assert "\u202e" not in said
    outside = re.sub(r"^```\n.*?^```$", "", before, flags=re.DOTALL | re.MULTILINE)
    assert "@guido" not in outside
    assert "Closes #1" not in outside
    assert not re.search(r"(?<!\\)<!--", outside)
    assert [shlex.split(line) for line in blocks(before)[0]] == [
        ["git", "bundle", "verify", f"{name}.bundle"],
        ["git", "fetch", f"{name}.bundle", f"arm/{name}"],
        ["git", "switch", "b;`reboot`"],
        ["git", "merge", "--ff-only", "FETCH_HEAD"],
        ["git", "push"],
    ]
    assert len(blocks(before)) == 3
