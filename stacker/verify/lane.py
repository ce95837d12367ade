"""A lane: the folder in which one check for one platform builds stage after stage.

It is moved from stage to stage, so that a build finds there what the last one made, and files that
are equal keep their times. A file beside it says where it stands; that is removed before anything
changes and written when all is well, so a lane that a dead run left has none and is made anew.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from stacker.errors import GitError
from stacker.git.worktree import move, remove_tree

if TYPE_CHECKING:
    from pathlib import Path

    from stacker.git.process import Git
    from stacker.verify.matrix import Cell

_STANDS = re.compile(r"([0-9a-f]{64}) ([0-9a-f]{40,64})\n")


def lane_name(platform: str, check: str) -> str:
    """The folder's name: short, for Windows has little room for paths."""
    return hashlib.sha256(f"{platform}\0{check}".encode()).hexdigest()[:8]


def lane_of(cell: Cell) -> str:
    """The name of the cell's lane."""
    return lane_name(cell.platform.name, cell.check.name)


class Lane:
    """One lane, for one run at a time.

    `recipe`, 64 hex digits, stands for all but the stage that makes a build what it is: what was
    built by another recipe is no use.
    """

    def __init__(self, folder: Path, store: Git, recipe: str) -> None:
        self._folder = folder
        self._store = store
        self._recipe = recipe
        self._mark = folder / "stands"
        self._index = folder / "index"
        self.tree = folder / "tree"
        self.private = folder / "own"
        self.carried = folder / "carried"
        self.modules = folder / "modules"

    def stand(self, commit: str, *, fresh: bool) -> bool:
        """Put the files of `commit` into the lane; whether it was made anew for that.

        With `fresh` it is, whatever was there.
        """
        stood = None if fresh else self._stood()
        self._mark.unlink(missing_ok=True)
        moved = stood is not None and self._moved(stood, commit)
        if not moved:
            remove_tree(self._folder)
            self._folder.mkdir(parents=True)
            move(self._store, commit, self.tree, self._index)
        remove_tree(self.private)
        self.private.mkdir()
        return not moved

    def settle(self, commit: str) -> None:
        """Say that a build of `commit` came to its end here, so that the next may go on from it."""
        remove_tree(self.private)
        self._mark.write_text(f"{self._recipe} {commit}\n", encoding="ascii", newline="\n")

    def remove(self) -> None:
        """Remove it with all in it."""
        remove_tree(self._folder)

    def _stood(self) -> str | None:
        """The commit it stands at; None unless it is there, whole, and of this recipe."""
        if not self._mark.is_file() or not self._index.is_file():
            return None
        found = _STANDS.fullmatch(self._mark.read_text(encoding="ascii", errors="replace"))
        return found[2] if found and found[1] == self._recipe else None

    def _moved(self, stood: str, commit: str) -> bool:
        """Whether the lane could be moved; attributes decide about files that did not change."""
        attributes = ":(glob)**/.gitattributes"
        diff = self._store.attempt("diff-tree", "--quiet", "-r", stood, commit, "--", attributes)
        if diff.code != 0:
            return False
        try:
            move(self._store, commit, self.tree, self._index)
        except GitError:
            return False
        return True
