"""Killed before an effect, a landing of four is finished by the next run: all or none, only once.

Here processes die, over HTTP and git: at the commit point, right after it, and at every
fifteenth effect. What else can go wrong, at every call, `proof` walks through.
"""

from __future__ import annotations

import os
import shutil
import sys

import land_world
import pytest
from land_world import acting_as, comments, git, land, life, locked, refs
from proof import whole
from proof.whole import CHAIN, GROUP, STAGES, inside, opened

from stacker.land.journal import Journal

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="kills a fork of this process")

KILLED = 137


@pytest.fixture(autouse=True)
def _no_power_cut(monkeypatch):
    """Processes die here, the machine does not: what was written is there."""
    monkeypatch.setattr(os, "fsync", lambda handle: None)


def effect(event, details):
    """What would change something on the forge, a ref, the journal or the lock file; in words."""
    if event == "journal":
        return event
    if event == "http.client.send":
        request = bytes(details[1][:60]) if isinstance(details[1], bytes) else b""
        return request.decode() if request.startswith((b"POST /api/v3", b"PATCH ", b"PUT ")) else ""
    if event == "subprocess.Popen" and {"push", "update-ref"} & set(details[1]):
        return " ".join(details[1])
    return event if event == "os.rename" and str(details[1]).endswith("series.lock") else ""


def killed_at(moment, world):
    """Land in a fork that dies before effect `moment`: all effects that it had, its exit code."""
    read, write = os.pipe()

    def arm():
        count = 0

        def step(event, details):
            nonlocal count
            words = effect(event, details)
            if words:
                if count == moment:
                    os._exit(KILLED)
                count += 1
                os.write(write, " ".join(words.split()).encode() + b"\n")

        real = Journal._write

        def journalled(journal, *arguments):
            step("journal", arguments)
            real(journal, *arguments)

        Journal._write = journalled
        sys.addaudithook(step)

    with acting_as(world, "up"):
        child = whole.begun(world.folder, os.devnull, arm)
    os.close(write)
    with os.fdopen(read, encoding="utf-8") as told:
        effects = told.read().splitlines()
    return effects, os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def end(world):
    """What must be the same as if nobody had been killed."""
    return {
        "tree": git(world.upstream.path, "rev-parse", "master^{tree}"),
        "refs": refs(world),
        "members": [world.pull(stage)["state"] for stage in STAGES],
        "open": [p["number"] for p in world.pulls() if p["state"] == "open"],
        "comments": [len(comments(world, stage)) for stage in STAGES],
        "remembered": [one is not None for one in locked(world).values()],
        "unfinished": land_world.unfinished(world),
    }


def came_in(world):
    """How often the group came in; at no moment was there a part of it."""
    seen = [inside(world, commit) for commit in life(world)]
    assert all(one in (set(), set(STAGES)) for one in seen), seen
    return sum(now != before for before, now in zip([set(), *seen], seen, strict=False))


def walk(model, folder, commit_point):
    """Kill, run again, compare."""
    world = opened(model, folder / "whole")
    effects, code = killed_at(-1, world)
    assert code == 0
    wanted = end(world)
    assert came_in(world) == 1
    world.close()
    [at] = [n for n, words in enumerate(effects) if commit_point in words]
    for moment in sorted({at, at + 1, *range(at % 15, len(effects), 15)}):
        world = opened(model, folder / "killed")
        assert killed_at(moment, world)[1] == KILLED
        assert came_in(world) == (moment > at), effects[moment]
        assert land(world)["state"] == "landed", effects[moment]
        assert came_in(world) == 1, effects[moment]
        assert end(world) == wanted, effects[moment]
        world.close()
        shutil.rmtree(folder / "killed")
    return len(effects)


@pytest.fixture
def model(tmp_path, run_stacker, monkeypatch):
    """The group of four on an upstream that moved, so that all members are closed at the end."""
    made = land_world.new(tmp_path / "model", run_stacker, monkeypatch, more=GROUP, stages=CHAIN)
    made.drift("Later")
    return made


def test_by_push(model, tmp_path):
    assert walk(model, tmp_path, ":refs/heads/master") >= 24


def test_by_pull_request(model, tmp_path):
    land_world.landing_by(model, "pull-request")
    assert walk(model, tmp_path, "PUT ") >= 28
