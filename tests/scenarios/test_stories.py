"""The stories beside this file, each run in a folder with an upstream of its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from scenario import Story

STORIES = sorted(Path(__file__).parent.glob("*.txt"))
LINES = "".join(f"line {n}\n" for n in range(12))


@pytest.fixture
def folder(tmp_path, history):
    """`upstream` with branches master and port, of two commits, beside the story."""

    def word(number, text):
        return LINES.replace(f"line {number}\n", f"{text}\n")

    made = history.draw(tmp_path / "upstream", {
        "master": [("start", {"call.c": LINES, "ssl.c": LINES})],
        "port": ["start", ("bpo-1: Build for ARM", {"ssl.c": word(3, "arm")}),
                 ("ctypes on ARM", {"call.c": word(6, "arm")})],
        "drift": ["start", ("tidy ssl (#7)", {"ssl.c": word(9, "tidy")}),
                  ("other calls (GH-9)", {"call.c": word(6, "x86")}, "Eve <eve@example.org>"),
                  ("docs", {"doc": "words\n"})],
        "clash": ["start", ("x64 first (#12)", {"ssl.c": word(3, "x64"), "call.c": word(6, "x64")}),
                  ("more x64 (#13)", {"ssl.c": word(3, "x64").replace("line 9", "more"),
                                      "call.c": word(6, "x64").replace("line 0", "more")})],
    })  # fmt: skip
    made.git("config", "advice.detachedHead", "false")
    return tmp_path


@pytest.mark.parametrize("file", STORIES, ids=lambda file: file.stem)
def test_story(file, folder, run_stacker, request):
    Story(file, folder, run_stacker).check(update=request.config.getoption("--update", False))
