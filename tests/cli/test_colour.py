"""Colours are for a terminal, unless whoever sits there wants none."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from stacker.preferences.inforce import own_file

pty = pytest.importorskip("pty")  # Windows has none


@pytest.mark.parametrize(("said", "coloured"), [("", True), ("colour = false\n", False)])
def test_a_terminal_shows_colours_unless_the_settings_say_no(tmp_path, said, coloured):
    own_file().parent.mkdir(parents=True)
    own_file().write_text(said, encoding="utf-8")
    env = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    here, there = pty.openpty()
    with os.fdopen(here, "rb") as screen:
        done = subprocess.run(
            [sys.executable, "-m", "stacker", "status"], cwd=tmp_path, stderr=there,
            stdin=subprocess.DEVNULL, env={**env, "TERM": "xterm"}, check=False,
        )  # fmt: skip
        shown = os.read(screen.fileno(), 10_000)
        os.close(there)
    assert done.returncode == 1
    assert b"no series.toml" in shown
    assert (b"\x1b[1;31m" in shown) is coloured
