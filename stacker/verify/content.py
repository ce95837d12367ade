"""A file or folder outside of git: what is in it, as a digest, and a copy of it."""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


class Uncarriable(Exception):
    """It cannot be carried; the message says why, in words that follow its name."""


class Kind(StrEnum):
    """What an entry is; whoever may run a file is not told, only whether its owner may."""

    FOLDER = "folder"
    FILE = "file"
    PROGRAM = "program"
    LINK = "link"


@dataclass(frozen=True, slots=True)
class Entry:
    """Something in a folder; `path` is relative to that, with `/`, and empty for itself.

    `stamp` changes when a file does, as git's index has it: size, times in ns, inode.
    """

    path: str
    kind: Kind
    place: Path
    stamp: tuple[int, int, int, int]


def entries(top: Path) -> list[Entry]:
    """All that is in `top`, sorted; raises `Uncarriable` for what a copy could not be equal to.

    What is called `.git` is left out: builds see no repositories.
    """
    try:
        return sorted(_walk(top), key=lambda entry: os.fsencode(entry.path))
    except FileNotFoundError as exc:
        raise Uncarriable("is not there") from exc
    except OSError as exc:
        raise Uncarriable(f"cannot be read: {exc.strerror}") from exc


def _walk(top: Path) -> Iterator[Entry]:
    waiting = [("", top)]
    while waiting:
        path, place = waiting.pop()
        entry = _entry(path, place)
        yield entry
        if entry.kind is Kind.FOLDER:
            inside = [name for name in os.listdir(place) if name.casefold() != ".git"]  # noqa: PTH208 - names
            waiting += [(f"{path}/{name}" if path else name, place / name) for name in inside]


def _entry(path: str, place: Path) -> Entry:
    found = place.lstat()
    stamp = (found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)
    if stat.S_ISDIR(found.st_mode):
        return Entry(path, Kind.FOLDER, place, stamp)
    if stat.S_ISLNK(found.st_mode):
        if _leaves(path, _target(place)):
            raise Uncarriable(f"has a link that leaves it: {path}")
        return Entry(path, Kind.LINK, place, stamp)
    if not stat.S_ISREG(found.st_mode):
        raise Uncarriable(f"has something that is no file: {path or place.name}")
    runs = os.name == "posix" and found.st_mode & stat.S_IXUSR
    return Entry(path, Kind.PROGRAM if runs else Kind.FILE, place, stamp)


def _target(link: Path) -> str:
    return str(link.readlink()).replace(os.sep, "/")


def _leaves(path: str, target: str) -> bool:
    """Whether a link at `path` may lead out of the folder; one that goes up does it first."""
    parts = target.split("/")
    ups = next((n for n, part in enumerate(parts) if part != ".."), len(parts))
    absolute = not parts[0] or ":" in parts[0]
    return absolute or ups > path.count("/") or ".." in parts[ups:]


def read_digest(entry: Entry) -> str:
    """The SHA-256 of a file's bytes, or of where a link points to; a folder has none."""
    if entry.kind is Kind.FOLDER:
        return ""
    if entry.kind is Kind.LINK:
        return hashlib.sha256(os.fsencode(_target(entry.place))).hexdigest()
    with entry.place.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def digest_of(found: list[Entry], digest: Callable[[Entry], str]) -> str:
    """One digest of all entries: their paths, kinds and the digests of what is in them."""
    whole = hashlib.sha256()
    for entry in found:
        whole.update(b"%s %s %s\0" % (
            entry.kind.encode(), digest(entry).encode(), os.fsencode(entry.path)
        ))  # fmt: skip
    return whole.hexdigest()


def copy(source: Path, target: Path) -> str:
    """Copy a file or folder to where nothing is; the digest of what was copied.

    Times are not kept: what a build makes of the files has to be made again.
    """
    return digest_of(entries(source), lambda entry: _copied(entry, target))


def _copied(entry: Entry, target: Path) -> str:
    place = target / entry.path if entry.path else target
    if entry.kind is Kind.FOLDER:
        place.mkdir()
        return ""
    if entry.kind is Kind.LINK:
        place.symlink_to(entry.place.readlink(), target_is_directory=entry.place.is_dir())
        return read_digest(entry)
    with entry.place.open("rb") as source, place.open("xb") as file:
        shutil.copyfileobj(source, file)
    if entry.kind is Kind.PROGRAM:
        place.chmod(place.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
    with place.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
