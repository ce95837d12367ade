"""The demo tells what happens: all of it, with real commands, or it fails."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from stacker.demo.story import Ran, StoryError, Teller, play
from stacker.git import helper

ROOT = Path(__file__).parents[2]


def root_files():
    """The flagship at the root, and whether anything worked there."""
    kept = [ROOT / "series.toml", ROOT / "series.lock"]
    for name in ("series", "patches", "resolutions", ".stacker"):
        kept += sorted(path for path in (ROOT / name).rglob("*") if path.is_file())
    return {str(path): path.read_bytes() for path in kept}


def alive(mark):
    """Processes that were started with `mark` in their environment, where that can be seen."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/environ"):
        try:
            there = entry.read_bytes()
        except OSError:
            continue
        if mark.encode() in there:
            found.append(entry.parent.name)
    return found


def test_the_whole_life(tmp_path, home):
    before = root_files()
    env = {**os.environ, "PYTHONPATH": str(ROOT), "GITHUB_TOKEN": "secret-of-mine"}
    done = subprocess.run(
        [sys.executable, "-m", "stacker", "--json", "demo", "--dir", str(tmp_path / "demo")],
        cwd=tmp_path, env=env, capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["steps"] == 12
    assert alive(str(home)) == []
    assert root_files() == before
    left = Path(said["folder"])
    assert (left / "series.toml").is_file()
    texts = [path for path in left.rglob("*") if path.is_file()]
    for secret in (
        b"secret-of-mine",
        b"demo-paulmon",
        b"demo-zooba",
        b"demo-tiran",
        b"demo-python",
    ):
        assert [path for path in texts if secret in path.read_bytes()] == []
        assert secret.decode() not in done.stdout + done.stderr


def test_a_step_that_ends_otherwise_stops_the_story(tmp_path):
    told = []
    teller = Teller(tmp_path, lambda _who, *_: Ran(1, "no luck\n"), told.append)
    with pytest.raises(StoryError, match="ended with 1"):
        teller.run("paulmon", "status")
    assert told == ["   paulmon$ stacker status", "   | no luck"]


def test_a_step_that_shows_something_else_stops_the_story(tmp_path):
    teller = Teller(tmp_path, lambda _who, *_: Ran(0, "fine\n"), lambda _: None)
    assert teller.run("paulmon", "status", shows=("fine",)) == "fine\n"
    with pytest.raises(StoryError, match="missing in its output: \\['landed'\\]"):
        teller.run("paulmon", "status", shows=("fine", "landed"))


def test_a_claim_that_is_not_true_stops_the_story(tmp_path):
    told = []
    teller = Teller(tmp_path, lambda *_: Ran(0, ""), told.append)
    teller.expect(True, "water is wet")
    with pytest.raises(StoryError, match="not true: it landed"):
        teller.expect(False, "it landed")
    assert told == ["   = water is wet"]


def test_a_shell_that_lies_is_found_out(tmp_path):
    """It says of every command that all went well, with the words that the first step wants."""
    asked = []

    def lying(_who, *arguments):
        asked.append(arguments)
        return Ran(0, "win-arm32 ctypes Nothing moved yet: 1 conflict, all is landed")

    with pytest.raises(StoryError, match="step 2: `stacker rebase` ended with 0"):
        play(Teller(tmp_path / "demo", lying, lambda _: None))
    assert asked == [("status",), ("rebase",)]


def test_the_command_fails_with_the_story(tmp_path, run_stacker, monkeypatch):
    monkeypatch.setattr(helper, "run", lambda *_: (0, "all is well"))
    ran = run_stacker("demo", "--dir", tmp_path / "demo")
    assert ran.code == 1
    assert "step 1: `stacker status`" in ran.err


def test_it_plays_only_in_a_new_folder(tmp_path, run_stacker):
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    ran = run_stacker("demo", "--dir", tmp_path)
    assert ran.code == 2
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
