"""The culprit: the stage goes through on the commit before it, and stops on it."""

from __future__ import annotations

import math
import random

import pytest
from forecast_world import LINES, line
from oracle import GitRebase
from world import begin, stages

from stacker import wiring
from stacker.forecast.culprit import Probes, find
from stacker.git.beside import beside
from stacker.series.compose import Composer, Halted


@pytest.fixture
def world(once, run_stacker, history):
    return once("two stages and a culprit", lambda folder: drawn(folder, run_stacker, history))


def drawn(folder, run_stacker, history):
    upstream = history.draw(folder / "upstream", {
        "master": [("start", {"a.c": LINES, "b.c": LINES})],
        "port": ["start", ("One", {"a.c": line(3, "one")}), ("Two", {"b.c": line(3, "two")})],
    })  # fmt: skip
    return begin(run_stacker, folder, upstream,
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


def merged(up, subject):
    """Merge the branch `side` into master, as git does it."""
    tree = up.git("merge-tree", "--write-tree", "master", "side").partition("\n")[0]
    merge = up.git("commit-tree", tree, "-m", subject, "-p", "master", "-p", "side")
    up.git("update-ref", "refs/heads/master", merge)
    return merge


def test_on_a_side_branch_it_is_the_merge(world):
    up = world.upstream
    up.add("side", ("inside", {"a.c": line(3, "x")}), start="start")
    up.add("master", ("main", {"z": "z\n"}))
    merge = merged(up, "Merge pull request #12 from x/side")
    up.add("master", ("after", {"z": "zz\n"}))
    found = culprit(world, "one")
    assert (found["commit"], found["pull"]) == (merge, 12)
    assert found["inside"] == up["inside"]
    holds(world, "one", merge)


def test_inside_a_merge_it_is_the_commit_with_which_the_file_conflicts(world):
    """Three of its commits change the file; the second one changes our line."""
    up = world.upstream
    up.add("side", ("before", {"a.c": line(20, "x")}),
           ("it", {"a.c": line(20, "x").replace("line 3\n", "theirs\n")}),
           ("after", {"a.c": line(25, "x").replace("line 3\n", "theirs\n")}),
           ("elsewhere", {"y": "y\n"}), start="start")  # fmt: skip
    up.add("master", ("main", {"z": "z\n"}))
    merge = merged(up, "Merge branch 'side'")
    found = culprit(world, "one")
    assert (found["commit"], found["inside"]) == (merge, up["it"])


def test_inside_a_merge_that_removes_the_file(world):
    up = world.upstream
    up.add("side", ("touch", {"a.c": line(20, "x")}), ("remove", {"a.c": None}), start="start")
    up.add("master", ("main", {"z": "z\n"}))
    up.git("update-ref", "refs/heads/unmerged", "master")
    merge = merged(up, "Merge branch 'side'")
    found = culprit(world, "one")
    assert (found["commit"], found["inside"]) == (merge, up["remove"])


def test_what_a_merge_itself_did_is_inside_of_nothing(world):
    up = world.upstream
    up.add("side", ("a", {"y": "y\n"}), ("b", {"y": "yy\n"}), start="start")
    blob = up.git("rev-parse", up.add("hidden", ("evil", {"a.c": line(3, "x")}), start="b"))
    merge = up.git(
        "commit-tree", f"{blob}^{{tree}}", "-m", "evil merge", "-p", "master", "-p", "side"
    )
    up.git("update-ref", "refs/heads/master", merge)
    found = culprit(world, "one")
    assert (found["commit"], found["inside"]) == (merge, None)


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


def drifting(chance, length):
    """Commits that break a stage, mend it, touch its files elsewhere, or something else."""
    a = b = LINES
    for number in range(length):
        what = chance.randrange(8)
        if what == 0:
            a = a.replace("line 3\n", f"theirs {number}\n") if "line 3\n" in a else LINES
        elif what == 1:
            b = b.replace("line 3\n", f"theirs {number}\n") if "line 3\n" in b else LINES
        elif what == 2:
            a = a.replace("line 20\n", f"line 20\nmore {number}\n")
        yield {"a.c": a, "b.c": b, "z": f"{number}\n"}


@pytest.fixture
def drifts(world):
    """Branches of upstream that go back and forth; some of what comes, comes with a merge."""
    up = world.upstream
    for seed in range(8):
        chance, tip = random.Random(seed), up["start"]
        commits = [
            (f"{seed}.{number}", files)
            for number, files in enumerate(drifting(chance, 4 + 8 * seed))
        ]
        while commits:
            size = chance.randrange(1, 12)
            oid = up.add(f"d{seed}", *commits[:size], start=tip)
            if chance.randrange(2):
                oid = up.git("commit-tree", f"{oid}^{{tree}}", "-m", "m", "-p", tip, "-p", oid)
                up.git("update-ref", f"refs/heads/d{seed}", oid)
            commits, tip = commits[size:], oid
    return [f"d{seed}" for seed in range(8)]


def test_the_law_holds_in_any_history(world, drifts, tmp_path):
    """git rebase goes through on the commit before the culprit, and stops on the culprit."""
    up = world.upstream
    git = GitRebase(up.path, tmp_path / "git")
    chains = {"one": [up["One"]], "two": [up["One"], up["Two"]]}
    asked = []
    for branch in drifts:
        for stage, one in stages(world.stacker("forecast", "--onto", branch)).items():
            if one["culprit"] is not None:
                at = one["culprit"]["commit"]
                line = up.git("rev-list", "--first-parent", f"{up['start']}..{branch}").split()
                assert at in line
                asked.append((stage, branch))
                for onto in (up.git("rev-parse", f"{at}^1"), at):
                    git.rebase(up["start"], onto, chains[stage])
    results = git.results()
    before, on = results[::2], results[1::2]
    assert [one.unmerged for one in before] == [None] * len(before)
    assert all(on_it.unmerged for on_it in on)
    assert {stage for stage, _ in asked} == {"one", "two"}
    assert len(asked) > 5


def test_few_probes_are_made(world, drifts):
    told = 0
    with wiring.workspace(world.home) as work:
        store = beside(work.store)
        series = work.look()
        for branch in drifts:
            tip = world.upstream.git("rev-parse", branch)
            work.store.git.run("fetch", "-q", str(world.upstream.path), tip)
            what = series.composition(store, {"upstream": tip}, {})
            count = int(world.upstream.git("rev-list", "--first-parent", "--count",
                                           f"{world.upstream['start']}..{tip}"))  # fmt: skip
            for outcome in Composer(what).outcomes().values():
                if isinstance(outcome, Halted):
                    probes = Probes(what)
                    find(probes, outcome, series.lock.bases["upstream"])
                    assert probes.made[outcome.stage] <= math.ceil(math.log2(count)) + 2
                    told += 1
    assert told > 5
