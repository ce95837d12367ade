"""Whatever several people do, and in whichever order: in the end all have all of it."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from sync_world import a_c, clone, edit, edited, git, team, versions

import stacker

# Lines that nobody else touches: far enough from each other that all edits go together.
FREE = {"one": [6, 9], "two": [12, 18], "three": [21, 24, 30]}


def synced(*people):
    """Twice around, so that the first hears of the last."""
    for world in (*people, *people[:-1]):
        world.stacker("sync")


@pytest.mark.parametrize("seed", range(3))
def test_three_people_in_any_order(seed, tmp_path, run_stacker, history):
    chance = random.Random(seed)
    ann = team(run_stacker, tmp_path, history)
    ann.stacker("sync")
    people = [ann, clone(ann, "bob"), clone(ann, "cem")]
    left = [(stage, line) for stage, lines in FREE.items() for line in lines]
    chance.shuffle(left)
    drifts = iter(((0, "up"), (39, "down")))
    done, moved = [], []
    while left:
        world = chance.choice(people)
        what = chance.choice(["edit", "edit", "sync", "rebase"])
        if what == "edit":
            stage, line = left.pop()
            word = f"{stage} {line}"
            edit(world, stage, f"line {line}\n", f"{word}\n")
            done.append((line, word))
        elif what == "sync":
            world.stacker("sync")
        elif (drift := next(drifts, None)) is not None:
            moved.append(drift)
            world.upstream.add("master", (drift[1], {"a.c": edited(*moved)}))
            world.stacker("rebase")
    synced(*people)
    wanted = edited((3, "one"), (15, "two"), (27, "three"), *done, *moved)
    assert a_c(ann) == wanted
    assert len({tuple(sorted(world.files().items())) for world in people}) == 1
    assert versions(people[0]) == versions(people[1]) == versions(people[2])
    numbers = {}
    for one in ann.stacker("log")["versions"]:
        trees = tuple(s["tree"] for s in one["stages"])
        if one["stages"] and trees:
            assert numbers.setdefault(one["version"], trees) == trees  # a number is one thing


def test_all_at_the_same_moment(tmp_path, run_stacker, history):
    ann = team(run_stacker, tmp_path, history)
    ann.stacker("sync")
    people = [ann, clone(ann, "bob"), clone(ann, "cem")]
    for world in people[1:]:
        world.stacker("sync")
    lines = {"one": 6, "two": 12, "three": 24}
    for world, (stage, line) in zip(people, lines.items(), strict=True):
        edit(world, stage, f"line {line}\n", f"{stage}!\n")
    where = str(Path(stacker.__file__).parents[1])
    script = (
        f"import sys; sys.path.insert(0, {where!r}); sys.argv = ['stacker', 'sync']; "
        "from stacker.__main__ import main; main()"
    )
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", script],
            cwd=world.home, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )
        for world in people
    ]  # fmt: skip
    said = [run.communicate() for run in runs]
    assert [run.returncode for run in runs] == [0, 0, 0], said
    synced(*people)
    assert len({tuple(sorted(world.files().items())) for world in people}) == 1
    changed = [(line, f"{stage}!") for stage, line in lines.items()]
    assert a_c(ann) == edited((3, "one"), (15, "two"), (27, "three"), *changed)


def test_a_store_that_was_lost_in_the_middle_comes_back(tmp_path, run_stacker, history):
    ann = team(run_stacker, tmp_path, history)
    ann.stacker("sync")
    bob = clone(ann, "bob")
    bob.stacker("sync")
    edit(bob, "two", "line 12\n", "bob\n")
    bob.stacker("sync")
    shutil.rmtree(ann.home / ".stacker")
    edit(ann, "three", "line 24\n", "ann\n")
    assert ann.stacker("sync")["state"] == "merged"
    assert a_c(ann) == edited((3, "one"), (15, "two"), (27, "three"), (12, "bob"), (24, "ann"))


@pytest.mark.skipif(os.name == "nt", reason="the hook is a shell script")
def test_what_clashed_is_told_though_somebody_else_was_faster(tmp_path, run_stacker, history):
    ann = team(run_stacker, tmp_path, history)
    ann.stacker("sync")
    bob = clone(ann, "bob")
    bob.stacker("sync")
    home = tmp_path / "home.git"
    edit(bob, "two", "two\n", "deux\n")
    edit(ann, "two", "two\n", "zwei\n")
    ann.stacker("sync")
    first = git(home, "rev-parse", "refs/stacker/versions")
    edit(ann, "one", "line 6\n", "six\n")
    ann.stacker("sync")
    second = git(home, "rev-parse", "refs/stacker/versions")
    git(home, "update-ref", "refs/stacker/versions", first)
    hook = home / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(
        f"#!/bin/sh\necho {second} >refs/stacker/versions\nrm hooks/pre-receive\n", "utf-8"
    )
    hook.chmod(0o755)
    said = bob.stacker("sync", code=3)
    assert not hook.exists()
    assert [(c["stage"], c["file"]) for c in said["clashes"]] == [("two", "0001-two.patch")]
    assert said["renumbered"]["2"] == said["ours"]
    bob.stacker("undo", "--to", f"v{said['ours']}")
    assert a_c(bob) == edited((3, "one"), (15, "deux"), (27, "three"))
