"""Killed at any moment and run again, a command ends as if it had never been killed."""

from __future__ import annotations

import os
import shutil
import time
from dataclasses import replace
from pathlib import Path

import pytest
from faults import KILLED, left, walk
from submit_world import World as Published
from world import World, begin

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="kills a fork of this process")

LINES = "".join(f"line {n}\n" for n in range(30))


def edited(*pairs):
    text = LINES
    for number, word in pairs:
        text = text.replace(f"line {number}\n", f"{word}\n")
    return text


@pytest.fixture(autouse=True)
def _no_power_cut_and_no_time(monkeypatch):
    """Processes die here, the machine does not: what was written is there. And all that is done
    again is done at the same second."""
    monkeypatch.setattr(os, "fsync", lambda handle: None)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now)


@pytest.fixture
def upstream(tmp_path, history):
    """Upstream changes another place of a file that the first patch changes too."""
    made = history.draw(tmp_path / "upstream", {
        "master": [("start", {"a.c": LINES, "b.c": LINES}),
                   ("drift", {"a.c": edited((1, "drift"))})],
        "port": ["start", ("First", {"a.c": edited((25, "port"))}),
                 ("Second", {"b.c": edited((25, "port"))})],
    })  # fmt: skip
    made.git("tag", "start", made["start"])
    return made


@pytest.fixture
def empty(tmp_path, run_stacker, upstream):
    return begin(run_stacker, tmp_path, upstream)


@pytest.fixture
def world(empty):
    empty.stacker("import", "start..port", "--stage-per-commit")
    return empty


@pytest.fixture
def stopped(world):
    """A rebase of `second` met a conflict."""
    world.upstream.add("master", ("break", {"b.c": edited((25, "theirs"))}))
    world.stacker("rebase", code=3)
    return world


def state(world):
    """What must be equal: the files, those of the newest operation, and what is under way."""
    state = world.home / ".stacker"
    left = [p.name for p in state.glob("*") if p.name.startswith(".new-")]
    attempt = state / "attempt.json"
    folders = sorted(str(p) for verb in ("resolve", "edit") for p in (state / verb).glob("*"))
    world.git("rev-list", "--objects", "--quiet", "--all")  # nothing is missing
    return (
        world.files(), world.git("rev-parse", "refs/stacker/head^{tree}"), left,
        attempt.read_bytes() if attempt.exists() else None, folders,
    )  # fmt: skip


def killed(world, *arguments, code=0, finished=(), moments=left):
    """Kill `arguments` at every step, run it again, and compare with a run that was let alone.

    `code` is the exit code of the command; `finished` are those of one that finds its work done.
    Two are killed indeed; that it leaves the same as `left` says holds for all commands alike.
    """
    before = world.home.with_name("before")
    shutil.copytree(world.home, before, symlinks=True)
    world.stacker(*arguments, code=code)
    wanted = state(world)
    shutil.rmtree(world.home)
    before.rename(world.home)
    for ended in moments(world.home, ["--json", *arguments]):
        assert ended.code == KILLED, ended
        ran = world.run("--json", *arguments, cwd=world.home)
        assert ran.code in (code, *finished), (ended.steps, ran.out)
        assert state(world) == wanted, ended.steps


def test_rebase(world):
    killed(world, "rebase", moments=walk)


def test_rebase_that_stops(world):
    world.upstream.add("master", ("break", {"b.c": edited((25, "theirs"))}))
    killed(world, "rebase", code=3)


def test_rebase_of_a_series_edited_by_hand(world):
    patch = world.patch("first")
    patch.write_bytes(patch.read_bytes().replace(b"+port", b"+edited"))
    killed(world, "rebase", "--no-fetch", "--onto", world.upstream["drift"])


def test_import(empty):
    killed(empty, "import", "start..port", "--stage-per-commit", moments=walk)


def test_init(empty, tmp_path):
    wanted = state(empty)
    place = tmp_path / "place"
    place.mkdir()
    arguments = ["--json", "init", "home", "--upstream", str(empty.upstream.path)]
    for ended in walk(place, arguments):
        assert ended.code == KILLED, ended
        ran = empty.run(*arguments, cwd=place)
        if ran.code == 2:  # it is a series directory already, and the next command finishes it
            ran = empty.run("--json", "rebase", cwd=place / "home")
            assert "no patches yet" in ran.out
        else:
            assert ran.code == 0, (ended.steps, ran.out)
        assert state(replace(empty, home=place / "home")) == wanted


@pytest.mark.parametrize("to", [(), ("--to", "v1")])
def test_undo(world, to):
    world.stacker("rebase")
    killed(world, "undo", *to)


def test_undo_of_files_edited_by_hand(world):
    world.stacker("rebase")
    patch = world.patch("first")
    patch.write_bytes(patch.read_bytes().replace(b"+port", b"+edited"))
    killed(world, "undo")


def test_undo_of_an_undo(world):
    world.stacker("rebase")
    world.stacker("undo")
    killed(world, "undo")


def test_undo_lets_go_of_a_stopped_rebase(stopped):
    killed(stopped, "undo")


def test_an_edit_while_a_rebase_is_stopped_keeps_its_target(stopped):
    stopped.upstream.add("master", ("later", {"c.c": "c\n"}))
    patch = stopped.patch("first")
    patch.write_bytes(patch.read_bytes().replace(b"+port", b"+edited"))
    killed(stopped, "rebase", code=3)


def test_resolve(stopped):
    folder = stopped.stacker("resolve")["folder"]
    assert folder.startswith(str(stopped.home))
    with open(f"{folder}/b.c", "w", encoding="utf-8", newline="\n") as file:  # noqa: PTH123
        file.write("solved\n")
    killed(stopped, "resolve", "--done", finished=[2])  # no conflict is open any more


def test_opening_a_conflict(stopped):
    killed(stopped, "resolve")


@pytest.mark.parametrize("how", [("--take", "mine"), ("--drop",)])
def test_resolving_without_a_folder(stopped, how):
    killed(stopped, "resolve", *how, finished=[2])


def test_dropping_one_of_two(world):
    """What conflicts next is not dropped as well by who says it again."""
    world.upstream.add("master", ("break", {"a.c": edited((25, "x")), "b.c": edited((25, "x"))}))
    world.stacker("rebase", code=3)
    killed(world, "resolve", "--drop", code=3)


def test_abort(stopped):
    killed(stopped, "rebase", "--abort")


@pytest.fixture
def opened(world):
    """`first` is open, and somebody works in it."""
    folder = Path(world.stacker("edit", "first")["folder"])
    (folder / "c.c").write_text("c\n", encoding="utf-8", newline="\n")
    return world


def test_opening_a_stage(world):
    killed(world, "edit", "first")


def test_taking_an_edit_back(opened):
    killed(opened, "edit", "--done", "-m", "why", finished=[2])  # no stage is open any more


def test_taking_an_edit_back_that_stops_above(opened):
    folder = opened.home / ".stacker" / "edit" / "first"
    (folder / "b.c").write_text(edited((25, "mine")), encoding="utf-8", newline="\n")
    killed(opened, "edit", "--done", "-m", "why", code=3, finished=[2])


def test_putting_an_edit_aside(opened):
    killed(opened, "edit", "--abort", finished=[2])


@pytest.fixture
def pushed_to(tmp_path, run_stacker, monkeypatch):
    """A series on a hub, and a maintainer's fix on the branch of its stage."""
    made = Published.new(tmp_path, run_stacker, monkeypatch, ids="a", submitted=True)
    made.fix("s/a", "Fix a", {"a.txt": "a, fixed\n"})
    yield made
    made.close()


def test_taking_in_what_others_pushed(pushed_to):
    home = World(pushed_to.upstream, pushed_to.folder, pushed_to._run)
    killed(home, "edit", "a", "--from-pull")


def test_taking_in_what_does_not_go_with_the_stage(pushed_to):
    pushed_to.edit_patch("a", b"@@ -0,0 +1 @@\n+", b"@@ -0,0 +1 @@\n+my ")
    home = World(pushed_to.upstream, pushed_to.folder, pushed_to._run)
    home.stacker("rebase")
    killed(home, "edit", "a", "--from-pull", code=3)
