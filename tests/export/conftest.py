"""A series with two independent stages and one on both, and what takes an export back."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from world import begin

if TYPE_CHECKING:
    from pathlib import Path

LINES = [f"line {n}\n" for n in range(40)]


def edited(*pairs):
    lines = list(LINES)
    for number, word in pairs:
        lines[number] = f"{word}\n"
    return "".join(lines)


@dataclass
class Taker:
    """Somebody who takes patches: a clone of upstream on the series' base, or another series."""

    world: Any
    folder: Path

    def clone(self) -> Path:
        path = self.folder / "taker"
        self._git("clone", "-q", self.world.upstream.path, path, where=self.folder)
        self._git("checkout", "-q", "-b", "work", self.base, where=path)
        return path

    def apply(self, clone: Path, *arguments: Any) -> str:
        """Run git in the clone; the tree of its HEAD then."""
        self._git(*arguments, where=clone)
        return self._git("rev-parse", "HEAD^{tree}", where=clone)

    def imported(self, what: Path, *arguments: str) -> str:
        """The tree of another series' last stage that imported `what`."""
        other = self.folder / "other"
        shutil.rmtree(other, ignore_errors=True)
        ran = self.world.run("init", "other", "--upstream", self.world.upstream.path,
                             cwd=self.folder)  # fmt: skip
        assert ran.code == 0, ran.err
        ran = self.world.run("--json", "import", what, *arguments, "--stage-per-commit", cwd=other)
        assert ran.code == 0, ran.out + ran.err
        assert ran.document["base"] == self.base
        lock = (other / "series.lock").read_text(encoding="utf-8")
        return lock.rstrip().rpartition('trees = ["')[2].partition('"')[0]

    @property
    def base(self) -> str:
        text = self.world.lock().decode()
        return text.partition("[bases]")[2].partition('= "')[2].partition('"')[0]

    def _git(self, *arguments: Any, where: Path) -> str:
        done = subprocess.run(["git", *map(str, arguments)], cwd=where, capture_output=True,
                              check=False)  # fmt: skip
        assert done.returncode == 0, (done.stdout + done.stderr).decode(errors="replace")
        return done.stdout.decode().strip()


@pytest.fixture
def world(once, run_stacker, history):
    """`one` and `two` stand on the base, `three` on both; upstream went on since."""
    return once("a diamond to export", lambda folder: drawn(folder, run_stacker, history))


def drawn(folder, run_stacker, history):
    upstream = history.draw(folder / "upstream", {
        "master": [("start", {
            "a.c": edited(), "b.c": edited(), "crlf.txt": "a\r\nb\r\nc\r\n", "old/name.c": edited(),
        })],
        "one": [
            "start",
            ("One", {"a.c": edited((3, "one"))}),
            ("One more: \N{LATIN SMALL LETTER E WITH ACUTE}", {"new.sh": ("100755", "#!/bin/sh\n")},
             "Ann \N{LATIN SMALL LETTER O WITH DIAERESIS} <ann@example.org>"),
        ],
        "two": ["start", ("Two\n\nWith a text.", {"a.c": edited((6, "two"))})],
        "both": ["one", ("Two again", {"a.c": edited((3, "one"), (6, "two"))}), ("Three", {
            "crlf.txt": "a\r\nbb\r\nc\r\n", "old/name.c": None, "new/name.c": edited((30, "moved")),
        })],
    })  # fmt: skip
    made = begin(run_stacker, folder, upstream,
                 (f"{upstream['start']}..one", "--stage", "one"),
                 (f"{upstream['start']}..two", "--stage", "two"))  # fmt: skip
    made.plan('[[stages]]\nid = "one"\nneeds = []\n\n[[stages]]\nid = "two"\nneeds = []\n\n'
              '[[stages]]\nid = "three"\nneeds = ["one", "two"]\n')  # fmt: skip
    made.stacker("import", f"{upstream['Two again']}..both", "--stage", "three")
    upstream.add("master", ("drift", {"d.c": "later\n"}))
    return made


@pytest.fixture
def taker(world, tmp_path):
    return Taker(world, tmp_path)
