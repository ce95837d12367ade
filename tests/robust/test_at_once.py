"""Two commands at once on one series: one waits for the other, or says that it is busy."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from robust_world import state, twin

import stacker


def start(world, *arguments):
    """A command in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "stacker", "--json", *arguments], cwd=world.home,
        env={**__import__("os").environ, "PYTHONPATH": str(Path(stacker.__file__).parents[1])},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def test_two_rebases_at_once(world):
    alone = twin(world)
    alone.stacker("rebase")
    both = [start(world, "rebase") for _ in range(2)]
    for process in both:
        out, err = process.communicate(timeout=60)
        assert process.returncode == 0, (out, err)
    assert state(world)[0] == state(alone)[0]
    assert world.git("rev-list", "--first-parent", "--count", "refs/stacker/head") == (
        alone.git("rev-list", "--first-parent", "--count", "refs/stacker/head")
    )
