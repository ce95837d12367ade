"""A change taken apart: per file, the places where lines change, and all else that is said of it.

Two changes of one tree are compared by these: what the one has and the other has not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from stacker.series.patches.filediff import parts
from stacker.series.patches.refusing import is_nothing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stacker.git.objects import Oid
    from stacker.git.store import ObjectStore
    from stacker.series.patches.filediff import FileDiff

_FORM = (
    "-r", "-p", "-U0", "--full-index", "--no-renames", "--no-color", "--no-ext-diff",
    "--no-textconv", "--diff-algorithm=default", "--src-prefix=a/", "--dst-prefix=b/",
    "--ignore-submodules=none",
)  # fmt: skip


class Piece(NamedTuple):
    """One place: lines of the old side, from `start` (counted from 0), become others.

    What has no lines (a mode, binary content, an empty file) is said in words by `what`.
    """

    start: int
    before: tuple[bytes, ...]
    after: tuple[bytes, ...]
    what: str = ""


class FileChange(NamedTuple):
    """A file, and the places of a change in it; renames are two files."""

    path: bytes
    pieces: tuple[Piece, ...]

    @property
    def added(self) -> int:
        """How many lines come."""
        return sum(len(piece.after) for piece in self.pieces)

    @property
    def removed(self) -> int:
        """How many lines go."""
        return sum(len(piece.before) for piece in self.pieces)


def changes_in_pieces(store: ObjectStore, old: Oid, new: Oid) -> dict[bytes, FileChange]:
    """What makes the tree of `new` of that of `old`, by path."""
    out = store.git.run("diff-tree", *_FORM, f"{old}^{{tree}}", f"{new}^{{tree}}")
    if not out:
        return {}
    found: dict[bytes, list[Piece]] = {}
    for part in parts(out):
        found.setdefault(part.path or b"", []).extend(_pieces(part))
    return {path: FileChange(path, tuple(pieces)) for path, pieces in found.items()}


def only_in(
    these: dict[bytes, FileChange], those: dict[bytes, FileChange]
) -> tuple[FileChange, ...]:
    """What one change has and another one of the same tree has not, piece by piece."""
    found = []
    for path, change in these.items():
        known = frozenset(those[path].pieces) if path in those else frozenset()
        left = tuple(piece for piece in change.pieces if piece not in known)
        if left:
            found.append(FileChange(path, left))
    return tuple(found)


def _pieces(part: FileDiff) -> Iterable[Piece]:
    for word, mode in part.modes.items():
        if word != b"old mode":
            yield Piece(0, (), (), f"{word.decode('ascii')} {mode}")
    for hunk in part.hunks:
        yield Piece(hunk.start, hunk.before, hunk.after)
    if not part.hunks and part.old_blob != part.new_blob and not is_nothing(part.new_blob or b""):
        yield Piece(0, (), (), f"content {(part.new_blob or b'').decode('ascii')}")
