"""One command at a time; whoever holds the series lets go of it, even when it is killed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import stacker
from stacker.errors import BusyError
from stacker.series.exclusive import held

HOLD = """
import pathlib, sys
from stacker.series.exclusive import held
with held(pathlib.Path(sys.argv[1]), 0):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holder(tmp_path):
    """Another process that holds the file until its standard input ends."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path / "busy")],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=Path(stacker.__file__).parents[1],
    ) as process:  # fmt: skip
        assert process.stdout.readline().strip() == b"held"
        yield process


def test_two_at_once(tmp_path, holder):
    with pytest.raises(BusyError, match="another stacker"), held(tmp_path / "busy", 0):
        pytest.fail("held twice")


def test_who_waits_gets_it(tmp_path, holder):
    holder.stdin.close()
    with held(tmp_path / "busy", 60):
        assert holder.wait() == 0


def test_a_killed_one_has_let_go(tmp_path, holder):
    holder.kill()
    holder.wait()
    with held(tmp_path / "busy", 0):
        pass


def test_again_and_again(tmp_path):
    for _ in range(3):
        with held(tmp_path / "busy", 0):
            assert (tmp_path / "busy").is_file()
    with pytest.raises(ValueError, match="mine"), held(tmp_path / "busy", 0):
        raise ValueError("mine")
    with held(tmp_path / "busy", 0):
        pass
