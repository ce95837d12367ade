"""Killed before any effect, a landing is finished by the next run: all or none, and only once."""

from __future__ import annotations

import os
import shutil
import sys
from types import SimpleNamespace

import land_world
import pytest
from land_world import acting_as, all_or_none, comments, git, land, locked, refs
from submit_world import PEOPLE

from stacker.cli import app
from stacker.hub.server import User, start
from stacker.land.journal import Journal

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="kills a fork of this process")

KILLED = 137
ARGUMENTS = ("--json", "land", "--group", "final")


@pytest.fixture(autouse=True)
def _no_power_cut(monkeypatch):
    """Processes die here, the machine does not: what was written is there."""
    monkeypatch.setattr(os, "fsync", lambda handle: None)


def served_by_a_fork(root):
    """A hub in a process of its own, so that this one has no threads and may fork."""
    told, tell = os.pipe()
    ended, end = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(end)
        with start(root, [User(name, f"token-{name}") for name in PEOPLE]) as hub:
            os.write(tell, f"{hub.url}\n".encode())
            os.read(ended, 1)  # returns when the other end is closed
        os._exit(0)
    os.close(tell)
    os.close(ended)
    with os.fdopen(told) as text:
        url = text.readline().strip()

    def stop():
        os.close(end)
        os.waitpid(child, 0)

    return SimpleNamespace(url=url, api=f"{url}/api/v3", stop=stop)


def opened(model, root):
    """A copy of a world; its hub is another process."""
    world = model.copy(root)
    world.hub = served_by_a_fork(root / "hub")
    world._patch.setenv("STACKER_FORGE", world.hub.url)
    return world


def every_effect(event, details):
    """A call that changes something on the forge, a push, a ref or a file of the series."""
    if event == "journal":
        return True
    if event == "http.client.send":
        request = bytes(details[1][:20]) if isinstance(details[1], bytes) else b""
        return request.startswith((b"POST /api/v3", b"PATCH ", b"PUT "))
    if event == "subprocess.Popen":
        return bool({"push", "update-ref"} & set(details[1]))
    return event == "os.rename" and str(details[1]).endswith("series.lock")


def without_settling(event, details):
    """The same, but for comments, closings and the lock file, which every way does alike."""
    if event == "journal":
        return True
    if event == "http.client.send":
        request = bytes(details[1][:60]) if isinstance(details[1], bytes) else b""
        return request.startswith((b"POST /api/v3/repos/up/proj/pulls ", b"PUT "))
    if event == "subprocess.Popen":
        return "push" in details[1]
    return False


def before_each_write(write, step):
    """A journal whose every write is a moment at which to die."""

    def writes(journal, *arguments):
        step("journal", arguments)
        write(journal, *arguments)

    return writes


def killed_at(moment, folder, is_effect):
    """Land in a fork that dies before effect `moment`: how many there were, its exit code."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        _live(moment, folder, write, is_effect)
    os.close(write)
    with os.fdopen(read, "rb") as told:
        effects = len(told.read())
    return effects, os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _live(moment, folder, write, is_effect):
    effects = 0

    def step(event, details):
        nonlocal effects
        if is_effect(event, details):
            if effects == moment:
                os._exit(KILLED)
            effects += 1
            os.write(write, b".")

    code = 70
    try:
        os.chdir(folder)
        silent = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silent, 1)
        os.dup2(silent, 2)
        sys.addaudithook(step)
        Journal._write = before_each_write(Journal._write, step)
        code = app.run(ARGUMENTS)
    finally:
        os._exit(code)


def end(world):
    """What must be the same as if nobody had been killed."""
    return {
        "tree": git(world.upstream.path, "rev-parse", "master^{tree}"),
        "landings": all_or_none(world),
        "refs": refs(world),
        "members": [world.pull(stage)["state"] for stage in "ab"],
        "open": [p["number"] for p in world.pulls() if p["state"] == "open"],
        "comments": [len(comments(world, s)) for s in "ab"],
        "remembered": [one is not None for one in locked(world).values()],
        "unfinished": land_world.unfinished(world),
    }


def walk(model, folder, is_effect):
    """Kill before every effect, run again, compare; how many effects there were."""
    whole = opened(model, folder / "whole")
    with acting_as(whole, "up"):
        effects, code = killed_at(-1, whole.folder, is_effect)
    assert code == 0
    wanted = end(whole)
    whole.close()
    assert wanted["landings"] == 1
    for moment in range(effects):
        world = opened(model, folder / "killed")
        with acting_as(world, "up"):
            assert killed_at(moment, world.folder, is_effect)[1] == KILLED
        assert all_or_none(world) <= 1, moment
        assert land(world)["state"] == "landed", moment
        assert end(world) == wanted, moment
        world.close()
        shutil.rmtree(folder / "killed")
    return effects


@pytest.fixture
def model(tmp_path, run_stacker, monkeypatch):
    """The group of two on an upstream that moved, so that both members are closed at the end."""
    made = land_world.new(tmp_path / "model", run_stacker, monkeypatch)
    made.drift("Later")
    return made


def test_by_push(model, tmp_path):
    assert walk(model, tmp_path, every_effect) >= 12


def test_by_pull_request(model, tmp_path):
    plan = model.folder / "series.toml"
    text = plan.read_text(encoding="utf-8")
    text = text.replace('branch = "master"', 'branch = "master"\nlanding = "pull-request"')
    plan.write_text(text, encoding="utf-8", newline="\n")
    assert walk(model, tmp_path, without_settling) >= 8
