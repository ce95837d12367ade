"""The culprit: the stage goes through on the commit before it, and stops on it."""

from __future__ import annotations

import random

import pytest
from world import begin, stages

LINES = "".join(f"line {n}\n" for n in range(30))


def line(number, word):
    return LINES.replace(f"line {number}\n", f"{word}\n")


@pytest.fixture
def world(tmp_path, run_stacker, history):
    upstream = history.draw(tmp_path / "upstream", {
        "master": [("start", {"a.c": LINES, "b.c": LINES})],
        "port": ["start", ("One", {"a.c": line(3, "one")}), ("Two", {"b.c": line(3, "two")})],
    })  # fmt: skip
    return begin(run_stacker, tmp_path, upstream,
                 (f"{upstream['start']}..port", "--stage-per-commit"))  # fmt: skip


def culprit(world, stage, onto="master"):
    document = world.stacker("rebase", "--onto", onto, code=3)
    [conflict] = stages(document)[stage]["conflicts"]
    return conflict["culprit"]


def holds(world, stage, commit):
    """The invariant, tried with the command itself."""
    before = world.upstream.git("rev-parse", f"{commit}^1")
    assert stages(world.stacker("rebase", "--onto", commit, code=3))[stage]["status"] == "conflict"
    ran = world.run("--json", "rebase", "--onto", before, cwd=world.home)
    assert stages(ran.document)[stage]["status"] != "conflict"


def test_it_is_found_among_many(world):
    chance = random.Random(3)
    commits = [(f"c{n}", {"z": f"{n}\n"}) for n in range(20)]
    at = chance.randrange(20)
    commits[at] = ("Break it (#77)", {"a.c": line(3, "theirs")})
    world.upstream.add("master", *commits)
    found = culprit(world, "one")
    assert found["commit"] == world.upstream["Break it (#77)"]
    assert found["pull"] == 77
    holds(world, "one", found["commit"])


def test_broken_mended_and_broken_again(world):
    up = world.upstream
    up.add("master", ("b1", {"a.c": line(3, "x")}), ("mend", {"a.c": LINES}), ("n", {"z": "z\n"}),
           ("b2", {"a.c": line(3, "y")}))  # fmt: skip
    found = culprit(world, "one")
    assert found["commit"] in (up["b1"], up["b2"])
    holds(world, "one", found["commit"])


def test_on_a_side_branch_it_is_the_merge(world):
    up = world.upstream
    up.add("side", ("inside", {"a.c": line(3, "x")}), start="start")
    up.add("master", ("main", {"z": "z\n"}))
    tree = up.git("merge-tree", "--write-tree", "master", "side")
    merge = up.git("commit-tree", tree, "-m", "Merge pull request #12 from x/side", "-p", "master",
                   "-p", "side")  # fmt: skip
    up.git("update-ref", "refs/heads/master", merge)
    up.add("master", ("after", {"z": "zz\n"}))
    found = culprit(world, "one")
    assert (found["commit"], found["pull"]) == (merge, 12)
    holds(world, "one", merge)


def test_the_stage_above_is_blamed_only_for_its_own(world):
    world.upstream.add("master", ("b", {"b.c": line(3, "x")}))
    document = world.stacker("rebase", code=3)
    assert stages(document)["one"]["status"] == "rebased"
    assert stages(document)["two"]["conflicts"][0]["culprit"]["subject"] == "b"


def test_a_history_that_was_rewritten(world):
    """The base is no ancestor of the target: the commit before the culprit must go through."""
    up = world.upstream
    up.add("new", ("other start", {"a.c": line(3, "x"), "b.c": LINES}), ("next", {"z": "z\n"}))
    document = world.stacker("rebase", "--onto", "new", code=3)
    [conflict] = stages(document)["one"]["conflicts"]
    assert conflict["culprit"] is None or conflict["culprit"]["commit"] == up["other start"]
