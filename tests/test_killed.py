"""Killed at any moment and run again, a command ends as if it had never been killed."""

from __future__ import annotations

import os
import shutil
import sys

import pytest
from world import begin

from stacker.cli import app

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="kills a fork of this process")

LINES = "".join(f"line {n}\n" for n in range(9))
KILLED = 137


@pytest.fixture(autouse=True)
def _no_power_cut(monkeypatch):
    """Processes die here, the machine does not: what was written is there."""
    monkeypatch.setattr(os, "fsync", lambda handle: None)


@pytest.fixture
def upstream(tmp_path, history):
    made = history.draw(tmp_path / "upstream", {
        "master": [("start", {"a.c": LINES, "b.c": LINES}),
                   ("drift", {"a.c": LINES.replace("line 1", "drift")})],
        "port": ["start", ("First", {"a.c": LINES.replace("line 8", "port")}),
                 ("Second", {"b.c": LINES.replace("line 8", "port")})],
    })  # fmt: skip
    made.git("tag", "start", made["start"])
    return made


@pytest.fixture
def world(tmp_path, run_stacker, upstream):
    return begin(run_stacker, tmp_path, upstream, ("start..port", "--stage-per-commit"))


def killed_at(moment, folder, arguments):
    """Run a command in a fork that dies before its step `moment`; the steps it came to.

    A step is a process started, or a file made, replaced or removed in the folder but outside the
    object store, whose files are harmless until something names them. It is `w` if it changes
    anything.
    """
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        _live(moment, folder, arguments, read, write)
    os.close(write)
    with os.fdopen(read, "rb") as told:
        steps = told.read().decode("ascii")
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return steps, code


def _live(moment, folder, arguments, read, write):
    os.close(read)
    steps = 0

    def step(event, details):
        nonlocal steps
        if not is_step(event, details, folder):
            return
        if steps == moment:
            os._exit(KILLED)
        steps += 1
        reads = event == "subprocess.Popen" and "update-ref" not in details[1]
        os.write(write, b"r" if reads else b"w")

    code = 70
    try:
        os.chdir(folder)
        silent = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silent, 1)
        os.dup2(silent, 2)
        sys.addaudithook(step)
        code = app.run(arguments)
    finally:
        os._exit(code)


def is_step(event, details, folder):
    if event == "subprocess.Popen":
        return True
    if event not in {"os.rename", "os.remove", "os.rmdir", "os.mkdir"}:
        return False
    path = str(details[0])
    return path.startswith(str(folder)) and f"{os.sep}objects{os.sep}" not in path


def state(world):
    """What must be equal: the files, the newest operation's files, and nothing left lying."""
    left = [p.name for p in (world.home / ".stacker").glob("*") if p.name.startswith(".new-")]
    attempt = (world.home / ".stacker" / "attempt.json").exists()
    return world.files(), world.git("rev-parse", "refs/stacker/head^{tree}"), left, attempt


def walk(world, *arguments, finished=()):
    """Kill `arguments` at every step from the first change on, run it again, and compare.

    `finished` are exit codes of a command that finds its work done.
    """
    home = world.home
    saved = home.with_name("saved")
    home.rename(saved)

    def again():
        if home.exists():
            shutil.rmtree(home)
        shutil.copytree(saved, home, symlinks=True)

    again()
    steps, code = killed_at(-1, home, [*arguments])
    assert code == 0
    assert "w" in steps
    wanted = state(world)
    # Up to the first change all moments are alike.
    for moment in (1, *range(steps.index("w"), len(steps))):
        again()
        assert killed_at(moment, home, [*arguments])[1] == KILLED
        ran = world.run("--json", *arguments, cwd=home)
        assert ran.code in (0, *finished), (moment, ran.out)
        assert state(world) == wanted, moment


def test_rebase(world):
    walk(world, "rebase")


def test_rebase_of_a_series_edited_by_hand(world):
    patch = world.patch("first")
    patch.write_bytes(patch.read_bytes().replace(b"+port", b"+edited"))
    walk(world, "rebase", "--no-fetch", "--onto", world.upstream["drift"])


def test_import(tmp_path, run_stacker, upstream):
    world = begin(run_stacker, tmp_path, upstream)
    walk(world, "import", "start..port", "--stage-per-commit")


def test_undo_to_a_version(world):
    world.stacker("rebase")
    walk(world, "undo", "--to", "v1")


def test_resolve(world):
    world.upstream.add("master", ("break", {"b.c": LINES.replace("line 8", "theirs")}))
    world.stacker("rebase", code=3)
    folder = world.stacker("resolve")["folder"]
    assert folder.startswith(str(world.home))
    for name in ("a.c", "b.c"):
        with open(f"{folder}/{name}", "w", encoding="utf-8", newline="\n") as file:  # noqa: PTH123
            file.write("solved\n")
    walk(world, "resolve", "--done", finished=[2])  # no conflict is open any more
