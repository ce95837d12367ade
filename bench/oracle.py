"""What git makes of patches on a new base: `git rebase` itself, and a newer git's merge-tree."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from repository import borrow

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from repository import Repository

_FLAGS = ("--merge", "--reapply-cherry-picks", "--keep-empty", "--empty=keep", "--no-fork-point")
_STYLE = ("-c", "merge.conflictStyle=zdiff3")


@dataclass(frozen=True, slots=True)
class Run:
    """Commits in a row, each the parent of the next one, to be put on `onto`."""

    commits: tuple[str, ...]
    base: str
    onto: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of what is unmerged."""

    mode: str
    oid: str
    stage: int
    path: bytes


@dataclass(frozen=True, slots=True)
class Ended:
    """The tree after each patch that went through; what is unmerged after the one that did not.

    `broke` has the words of somebody who gave no answer.
    """

    trees: tuple[str, ...]
    unmerged: frozenset[Entry] | None = None
    broke: str = ""


class Rebasing:
    """`git rebase` in a worktree of its own.

    Sparse, the worktree holds only the files that git reads while it merges: attributes, and
    those in conflict. That is the same rebase, without writing thousands of files for each.
    """

    def __init__(self, folder: Path, lender: Path, *, sparse: bool) -> None:
        self.git = borrow(folder, lender, bare=False)
        self._sparse = sparse
        self._stands = False

    def run(self, run: Run) -> Ended:
        if not self._stands:
            if self._sparse:
                self.git.run("sparse-checkout", "set", "--no-cone", ".gitattributes")
            self.git.run("checkout", "-q", "--detach", run.onto)
            self._stands = True
        span = ("--onto", run.onto, run.base, run.commits[-1])
        done = self.git.attempt(*_STYLE, "rebase", "-q", *_FLAGS, *span)
        trees = tuple(self.git.text("log", "--reverse", "--format=%T", f"{run.onto}..HEAD").split())
        if done.returncode == 0:
            return Ended(trees)
        said = done.stderr.decode(errors="replace")
        stopped = (self.git.folder / ".git" / "REBASE_HEAD").is_file() and done.returncode > 0
        ended = Ended(trees, _unmerged(self.git)) if stopped else Ended(trees, broke=said)
        self._give_up(run.onto)
        return ended

    def _give_up(self, onto: str) -> None:
        control = self.git.folder / ".git"
        shutil.rmtree(control / "rebase-merge", ignore_errors=True)
        for name in ("REBASE_HEAD", "AUTO_MERGE", "CHERRY_PICK_HEAD", "MERGE_MSG", "index.lock"):
            (control / name).unlink(missing_ok=True)
        self.git.run("reset", "-q", "--hard", onto)
        self.git.run("clean", "-q", "-ffdx")


class MergeTree:
    """`git merge-tree --merge-base`, one patch after the other, by a git from 2.45 on."""

    def __init__(self, git: Repository) -> None:
        self.git = git

    def run(self, run: Run) -> Ended:
        trees: list[str] = []
        base, here = run.base, self.git.tree(run.onto)
        for commit in run.commits:
            merge = ("merge-tree", "--write-tree", "-z", "--no-messages", f"--merge-base={base}")
            done = self.git.attempt(*_STYLE, *merge, here, commit)
            if done.returncode not in {0, 1}:
                return Ended(tuple(trees), broke=done.stderr.decode(errors="replace"))
            here, *entries = done.stdout.decode("utf-8", "surrogateescape").split("\0")
            if done.returncode == 1:
                return Ended(tuple(trees), frozenset(map(_entry, entries[:-1])))
            trees.append(here)
            base = commit
        return Ended(tuple(trees))


def same_but_for_names(
    one: frozenset[Entry], other: frozenset[Entry], content: Callable[[str], bytes]
) -> bool:
    """Whether two conflicts differ only in what the sides are called.

    A file that has to make way is called after the commit it comes from; and of a file that both
    sides renamed and changed, git puts a merge with markers into two stages.
    """

    def plain(entry: Entry) -> tuple[str, int, bytes, object]:
        submodule = entry.mode == "160000"
        shown = entry.oid if submodule else re.sub(
            rb"(?m)^([<|>])(\1{6,}) .*$", rb"\1\2", content(entry.oid)
        )  # fmt: skip
        return entry.mode, entry.stage, entry.path.partition(b"~")[0], shown

    return {plain(e) for e in one} == {plain(e) for e in other}


def _unmerged(git: Repository) -> frozenset[Entry]:
    listed = git.run("ls-files", "-u", "-z").decode("utf-8", "surrogateescape")
    return frozenset(map(_entry, listed.split("\0")[:-1]))


def _entry(line: str) -> Entry:
    info, _, path = line.partition("\t")
    mode, oid, stage = info.split(" ")
    return Entry(mode, oid, int(stage), path.encode("utf-8", "surrogateescape"))
