"""The refs of a bare repository, read from its files: most questions need no process.

What is not plainly a ref with an id in it makes `None` of the whole answer: git must be asked.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_ID = re.compile(rb"(?!0+$)[0-9a-f]{40}(?:[0-9a-f]{24})?")
_PART = re.compile(r"\w(?:[\w+=,#-]|\.(?!\.|$))*")  # of a name; git takes more, and is asked then
_HEAD = re.compile(rb"ref: (refs/heads/[\w/+=,#.-]+)\n")


class _AskGitError(Exception):
    """Here is something that only git can read."""


def listed(store: Path, *prefixes: str) -> dict[str, str] | None:
    """Every ref that is, or is below, one of the full names, with its id, sorted by name."""
    try:
        # Whoever packs refs writes the pack before the files go: in this order none is missed.
        loose = dict(_loose(os.fspath(store), "refs", prefixes))
        found = dict(_packed(store, prefixes)) | loose
    except (_AskGitError, OSError):
        return None
    return {name: found[name] for name in sorted(found, key=os.fsencode)}


def named_by_head(store: Path) -> str | None:
    """The full name of the branch that HEAD names."""
    try:
        named = _HEAD.fullmatch((store / "HEAD").read_bytes())
    except OSError:
        return None
    # A repository that keeps its refs otherwise has a HEAD only to be known as one.
    return named[1].decode("ascii") if named and not (store / "reftable").exists() else None


def _loose(store: str, above: str, prefixes: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    with os.scandir(f"{store}/{above}") as entries:
        there = list(entries)
    for entry in there:
        name = f"{above}/{entry.name}"
        within = _within(name, prefixes)
        if entry.name.endswith(".lock") or not (within or _above(name, prefixes)):
            continue
        if entry.is_symlink() or not _PART.fullmatch(entry.name):
            raise _AskGitError
        if entry.is_dir():
            yield from _loose(store, name, prefixes)
        elif within:
            try:
                with open(entry.path, "rb") as file:  # noqa: PTH123 - a Path of each would cost more
                    content = file.read(100)
            except FileNotFoundError:  # it has just gone: deleted or packed
                continue
            yield name, _id(content.rstrip(b"\n"))


def _packed(store: Path, prefixes: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    if (store / "reftable").exists():
        raise _AskGitError
    try:
        lines = (store / "packed-refs").read_bytes().splitlines()
    except FileNotFoundError:
        return
    for line in lines:
        if line[:1] in (b"#", b"^"):
            continue
        raw, _, rest = line.partition(b" ")
        oid, name = _id(raw), os.fsdecode(rest)
        if _within(name, prefixes):
            yield name, oid


def _id(content: bytes) -> str:
    if not _ID.fullmatch(content):
        raise _AskGitError
    return content.decode("ascii")


def _within(name: str, prefixes: tuple[str, ...]) -> bool:
    return not prefixes or any(f"{name}/".startswith(f"{prefix}/") for prefix in prefixes)


def _above(name: str, prefixes: tuple[str, ...]) -> bool:
    return any(prefix.startswith(f"{name}/") for prefix in prefixes)
