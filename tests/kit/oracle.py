"""What git says: `git rebase` in a worktree, as a careful person runs it, one series at a time."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

# Nothing is dropped and nothing guessed; what costs time and decides nothing is off.
SETTINGS = {
    "user.name": "A Porter",
    "user.email": "porter@example.org",
    "core.fsync": "none",
    "core.hooksPath": os.devnull,
    "gc.auto": "0",
    "maintenance.auto": "false",
    "merge.conflictStyle": "zdiff3",
    "rebase.updateRefs": "false",
    "rerere.enabled": "false",
    "advice.mergeConflict": "false",
}
FLAGS = ("--merge", "--reapply-cherry-picks", "--keep-empty", "--empty=keep", "--no-fork-point")


@dataclass(frozen=True, slots=True)
class Unmerged:
    """An entry of the index of a stopped rebase. A file that had to make way is called after the
    commit that it comes from, `path~HEAD`; what git calls that commit is left out of `path`."""

    mode: str
    oid: str
    stage: int
    path: bytes


@dataclass(frozen=True, slots=True)
class Rebased:
    """The tree after each patch that went through; what is unmerged after the one that did not.

    `broke` says that git itself broke down at that patch.
    """

    trees: tuple[str, ...]
    unmerged: frozenset[Unmerged] | None = None
    broke: bool = False


@dataclass(frozen=True, slots=True)
class _End:
    head: str
    picked: int
    unmerged: frozenset[Unmerged] | None
    broke: bool


class GitRebase:
    """A worktree with a repository of its own, which borrows the objects of another one."""

    def __init__(self, source: Path, folder: Path) -> None:
        """`folder` is to be made; nothing is put into `source`."""
        self.folder = folder
        self._ends: list[_End] = []
        object_format = self._git("rev-parse", "--show-object-format", where=source).strip()
        folder.mkdir(parents=True)
        self._git("init", "-q", f"--object-format={object_format}", "-b", "none", ".")
        self._state = folder / ".git"
        borrowed = self._state / "objects" / "info" / "alternates"
        borrowed.write_text(f"{source / 'objects'}\n", encoding="utf-8")
        for name, value in SETTINGS.items():
            self._git("config", name, value)

    def rebase(self, base: str, onto: str, series: Sequence[str]) -> None:
        """Have the commits `series`, the first of which stands on `base`, put on `onto`."""
        if not self._ends:  # git wants to start from some commit
            self._git("update-ref", "--no-deref", "HEAD", onto)
            self._git("reset", "-q", "--hard")
        done = subprocess.run(
            ["git", "rebase", "-q", *FLAGS, "--onto", onto, base, series[-1]],
            cwd=self.folder, capture_output=True, check=False,
        )  # fmt: skip
        head = self._read("HEAD")
        if done.returncode == 0:
            self._ends.append(_End(head, len(series), None, broke=False))
            return
        said = done.stderr.decode(errors="replace")
        broke = done.returncode < 0 or "Assertion" in said
        assert broke or (self._state / "REBASE_HEAD").is_file(), said
        picked = int(self._read("rebase-merge/msgnum")) - 1
        unmerged = None if broke else self._unmerged()
        self._ends.append(_End(head, picked, unmerged, broke=broke))
        self._give_up(onto)

    def results(self) -> list[Rebased]:
        """What became of each, in the order they were asked for."""
        asked = [f"{e.head}~{n}^{{tree}}" for e in self._ends for n in reversed(range(e.picked))]
        answers = self._git("cat-file", "--batch-check=%(objectname)", stdin="\n".join(asked))
        trees = iter(answers.split())
        return [
            Rebased(tuple(next(trees) for _ in range(e.picked)), e.unmerged, e.broke)
            for e in self._ends
        ]

    def content(self, oid: str) -> bytes:
        """What a blob holds that git made, of a stage of the index for example."""
        return self._git("cat-file", "blob", oid).encode("utf-8", "surrogateescape")

    def _unmerged(self) -> frozenset[Unmerged]:
        found = set()
        for entry in self._git("ls-files", "-u", "-z").split("\0")[:-1]:
            info, _, path = entry.partition("\t")
            mode, oid, stage = info.split(" ")
            found.add(Unmerged(mode, oid, int(stage), plain(path.encode(errors="surrogateescape"))))
        return frozenset(found)

    def _give_up(self, onto: str) -> None:
        """Do what `git rebase --quit` does, in less time, and begin with clean files."""
        shutil.rmtree(self._state / "rebase-merge")
        for name in ("REBASE_HEAD", "AUTO_MERGE", "CHERRY_PICK_HEAD", "MERGE_MSG", "index.lock"):
            (self._state / name).unlink(missing_ok=True)
        self._git("reset", "-q", "--hard", onto)
        self._git("clean", "-q", "-ffdx")

    def _read(self, name: str) -> str:
        return (self._state / name).read_text(encoding="ascii").strip()

    def _git(self, *arguments: str, where: Path | None = None, stdin: str = "") -> str:
        done = subprocess.run(
            ["git", *arguments], cwd=where or self.folder, input=stdin.encode(),
            capture_output=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr.decode(errors="replace")
        return done.stdout.decode("utf-8", "surrogateescape")


def plain(path: bytes) -> bytes:
    """A path without the name of the commit that it comes from."""
    return path.partition(b"~")[0]


def unlabelled(
    rebased: Rebased, content: Callable[[str], bytes]
) -> tuple[object, frozenset[object]]:
    """The same to compare where blobs of the index hold markers themselves.

    Of a file that both sides renamed and changed, git puts the merge into two stages, with
    markers in it; what it calls the sides there says nothing of the merge.
    """
    entries = rebased.unmerged or frozenset()
    shown: set[object] = {
        (e.mode, e.stage, e.path, e.oid if e.mode == "160000" else _bare_markers(content(e.oid)))
        for e in entries
    }
    return (rebased.trees, rebased.broke, rebased.unmerged is None), frozenset(shown)


def _bare_markers(content: bytes) -> bytes:
    return re.sub(rb"(?m)^([<|>])(\1{6,}) .*$", rb"\1\2", content)
