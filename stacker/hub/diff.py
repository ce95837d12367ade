"""The files that differ between two commits, as GitHub lists them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stacker.hub.bare import Bare

_EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
_STATUS = {"A": "added", "D": "removed", "R": "renamed", "C": "copied", "T": "changed"}


@dataclass(frozen=True, slots=True)
class File:
    """One changed file; `patch` is None when git shows no text, `oid` is the new blob."""

    path: str
    previous: str | None
    status: str
    oid: str
    additions: int
    deletions: int
    patch: str | None


def files(bare: Bare, old: str | None, new: str) -> list[File]:
    """What changed from one commit (None: from nothing) to another, renames found."""
    ends = (old or _EMPTY_TREE, new)
    table = bare.raw("diff", "--raw", "--numstat", "-z", "-M", "--no-abbrev", *ends)
    patches = _patches(text(bare, *ends))
    return list(_read(iter(table.split(b"\0")[:-1]), patches))


def text(bare: Bare, old: str, new: str) -> bytes:
    """The diff from one commit to another, as git writes it."""
    return bare.raw("diff", "-M", "--full-index", "--no-ext-diff", old, new)


def _read(fields: Iterator[bytes], patches: Iterator[str | None]) -> Iterator[File]:
    raw: list[tuple[str, str, str, str | None]] = []
    counts: list[tuple[int, int]] = []
    for field in fields:
        if field.startswith(b":"):
            _, _, before, after, letter = field.decode("ascii").split(" ")
            first = _text(next(fields))
            moved = letter[0] in "RC"
            path = _text(next(fields)) if moved else first
            oid = before if letter == "D" else after
            raw.append((letter[0], oid, path, first if moved else None))
        else:
            added, deleted, name = field.split(b"\t", 2)
            if not name:  # a rename: its two names follow
                next(fields), next(fields)
            counts.append((_number(added), _number(deleted)))
    for (letter, oid, path, previous), (added_lines, deleted_lines) in zip(
        raw, counts, strict=True
    ):
        patch = next(patches)
        if letter == "T":  # git writes a change of type as a deletion and an addition
            next(patches)
            patch = None
        status = _STATUS.get(letter, "modified")
        yield File(path, previous, status, oid, added_lines, deleted_lines, patch)


def _patches(out: bytes) -> Iterator[str | None]:
    # Lines of a patch start with one of " +-\@", so this can only be the head of a file.
    for part in (b"\n" + out).split(b"\ndiff --git ")[1:]:
        at = part.find(b"\n@@ ")
        yield None if at < 0 else _text(part[at + 1 :]).rstrip("\n")


def _number(field: bytes) -> int:
    return int(field) if field.isdigit() else 0  # "-": a binary file


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")
