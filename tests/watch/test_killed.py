"""Killed at any moment and started again, a box loses no result and builds none a second time."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from watch_world import builds, ended

KILLED = 137
pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="kills a fork of this process")

# The program that is about to start, and the how-manieth of it.
MOMENTS = [
    ("push", 1),  # to say what it builds
    ("update-ref", 1),  # home has that sign, and here nobody knows
    ("check", 2),
    ("push", 2),  # all is built, and home has nothing of it
    ("update-ref", 2),  # home has it
]


def die_at(post, moment):
    """Run the box in a fork that dies then; the stages whose builds had ended."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            seen = []

            def step(event, details):
                if event != "subprocess.Popen":
                    return
                name = "check" if Path(details[1][0]).name.startswith("python") else details[1][1]
                seen.append(name)
                if name == moment[0] and seen.count(name) == moment[1]:
                    os._exit(KILLED)

            def heard(one):
                for stage, _ in ended([one]):
                    os.write(write, f"{stage}\n".encode())

            sys.addaudithook(step)
            post.run(heard=heard)
        finally:
            os._exit(0)
    os.close(write)
    with os.fdopen(read, encoding="ascii") as pipe:
        told = pipe.read().split()
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == KILLED, moment
    return told


def test_a_box(post):
    counts = []
    for moment in MOMENTS:
        told = die_at(post, moment)
        again = post.run()
        assert sorted([*told, *builds(again)]) == ["one", "three", "two"], moment
        assert [stage for stage, _, _ in post.results()] == ["one", "three", "two"], moment
        assert post.sign()["doing"] == "idle"
        assert list((post.directory.state / "store.git").rglob("*.lock")) == []
        counts.append(len(told))
        post.restore()
    assert counts == [0, 0, 1, 3, 3]
