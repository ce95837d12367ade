"""The folder that a run works in: what is made once from the clone, and can be used again."""

from __future__ import annotations

import re
import shutil
import sys
from typing import TYPE_CHECKING

from contenders import STACKER, timed
from inputs import Workshop
from repository import Repository, Worktree, borrow, twin

if TYPE_CHECKING:
    from pathlib import Path

    from inputs import Input

EACH = "a stage each"
SHAPES = {EACH: ("--stage-per-commit",), "one stage": ("--stage", "all")}


def say(words: str) -> None:
    """Tell the person who waits."""
    print(words, file=sys.stderr, flush=True)


class Stand:
    """`folder` holds a repository `prepared` that borrows from the clone, worktrees, directories.

    The clone is only read. `drift` is how many first parents the new base is ahead of the old one.
    """

    def __init__(self, folder: Path, clone: Path, branch: str | None, drift: int) -> None:
        self._folder = folder
        place = folder / "prepared.git"
        if place.is_dir():
            self.prepared = Repository(place)
        else:
            name = branch or Repository(clone).text("symbolic-ref", "--short", "HEAD")
            tip = Repository(clone).text("rev-parse", f"refs/heads/{name}")
            self.prepared = borrow(place, clone)
            self.prepared.run("update-ref", "refs/heads/upstream", tip)
        self.tip = self.prepared.text("rev-parse", "refs/heads/upstream")
        self._worktrees: dict[str, Worktree] = {}
        self.shop = Workshop(self.prepared, self.worktree("referee"), "upstream", drift)

    def worktree(self, name: str) -> Worktree:
        """A worktree of this run; checking out is no part of what is timed."""
        if name not in self._worktrees:
            self._worktrees[name] = Worktree(self.scratch(name), self.prepared.folder)
        return self._worktrees[name]

    def scratch(self, name: str) -> Path:
        """A place where nothing is yet."""
        where = self._folder / "scratch" / name
        shutil.rmtree(where, ignore_errors=True)
        where.parent.mkdir(exist_ok=True)
        return where

    def directory(self, series: Input, shape: str, known: str = "upstream") -> Path:
        """A series directory as `init` and `import` leave it.

        `known` is the branch of `prepared` up to which its store has upstream: all of it, or
        only what it was when the series was begun.
        """
        name = f"{series.name} {shape} {known}".replace(" ", "-")
        folder, done = self._folder / "series" / name, self._folder / "series" / f"{name}.done"
        if done.is_file():
            return folder
        shutil.rmtree(folder, ignore_errors=True)
        folder.parent.mkdir(exist_ok=True)
        twin(self._initial(known), folder)
        plan = folder / "series.toml"
        text = plan.read_text(encoding="utf-8")
        follow = f'branch = "upstream-{series.name}"'
        plan.write_text(re.sub(r"(?m)^branch *=.*$", follow, text), encoding="utf-8")
        say(f"{series.name}: stacker import, {shape}")
        span, source = f"{series.base}..{series.tip}", str(self.prepared.folder)
        timed([*STACKER, "import", span, "--from", source, *SHAPES[shape]], folder)
        if known == "upstream":
            self._fetched(folder / ".stacker" / "store.git", series.onto)
        done.touch()
        return folder

    def _initial(self, branch: str) -> Path:
        folder, done = self._folder / f"initial-{branch}", self._folder / f"initial-{branch}.done"
        if not done.is_file():
            shutil.rmtree(folder, ignore_errors=True)
            say(f"stacker init, which fetches all of {branch}")
            source = ["--upstream", str(self.prepared.folder), "--branch", branch]
            timed([*STACKER, "init", str(folder), *source], self._folder)
            done.touch()
        return folder

    def _fetched(self, store: Path, tip: str) -> None:
        """Let the last fetch have brought `tip`, an ancestor of what the store has."""
        git = Repository(store)
        for ref in git.text("for-each-ref", "--format=%(refname)", "refs/stacker/upstream").split():
            git.run("update-ref", ref, tip)
