"""A small series on a small upstream, made by the commands themselves."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stacker.forge.github import GitHub
from stacker.forge.pace import Pace
from stacker.hub.server import User, start

if TYPE_CHECKING:
    from pathlib import Path

    from stacker.hub.server import Hub

CHECKS = """
[[checks]]
name = "no-bad-file"
run = ["{python}", "-c", "import os, sys; print('looking'); sys.exit(os.path.exists('bad.txt'))"]
"""
BRANCHES = {
    "main": [("start", {"a.txt": "one\n", "b.txt": "one\n"})],
    "port": [
        "start",
        ("first thing", {"a.txt": "two\n"}),
        ("second thing", {"c.txt": "new\n"}),
    ],
}


@dataclass
class Small:
    """The series `folder` with stages first-thing and second-thing; `run` runs stacker in it."""

    folder: Path
    upstream: Any
    runner: Any

    def run(self, *arguments: str) -> Any:
        return self.runner(*arguments, cwd=self.folder)

    def good(self, *arguments: str) -> Any:
        done = self.run(*arguments)
        assert done.code == 0, done.out + done.err
        return done

    def append(self, text: str) -> None:
        """Add to the plan."""
        plan = self.folder / "series.toml"
        plan.write_text(plan.read_text(encoding="utf-8") + text, encoding="utf-8", newline="\n")


def make(folder: Path, history: Any, runner: Any, path: Path | None = None) -> Small:
    """The series at `folder`/series, its upstream at `path`, which it names as a path."""
    upstream = history.draw(path or folder / "upstream.git", BRANCHES)
    small = Small(folder / "series", upstream, runner)
    made = runner("init", small.folder, "--upstream", upstream.path, "--branch", "main", cwd=folder)
    assert made.code == 0, made.err
    small.good(
        "import", f"{upstream['start']}..{upstream['second thing']}",
        "--from", str(upstream.path), "--stage-per-commit",
    )  # fmt: skip
    return small


@dataclass
class OnForge:
    """The same series, its upstream `up/proj` on a hub, its branches in `me/proj`."""

    small: Small
    hub: Hub
    reviewer: GitHub


def serve(folder: Path) -> Hub:
    """A hub on which `up` owns, `me` ports and `rita` reviews; tokens are NAME-token."""
    people = [User(name, f"{name}-token") for name in ("up", "me", "rita")]
    return start(folder / "hub", people)


def on_forge(folder: Path, hub: Hub, history: Any, runner: Any) -> Small:
    """The series with its forge; the caller sets STACKER_FORGE and GITHUB_TOKEN before."""
    upstream = history.draw(hub.root / "up" / "proj.git", BRANCHES)
    with GitHub(hub.api, "me-token", pace=Pace(here=True)) as me:
        me.create_fork("up/proj")
    small = Small(folder / "series", upstream, runner)
    made = runner(
        "init", small.folder, "--upstream", "up/proj", "--branch", "main", "--fork", "me/proj",
        cwd=folder,
    )  # fmt: skip
    assert made.code == 0, made.err
    small.good(
        "import", f"{upstream['start']}..{upstream['second thing']}",
        "--from", str(upstream.path), "--stage-per-commit",
    )  # fmt: skip
    return small


PYTHON = sys.executable
