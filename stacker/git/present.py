"""Which objects a repository has on this disk, by its pack indexes and files: git is not asked.

In a partial clone git would fetch what it is asked for and lacks; and that an object was never
promised it finds out by reading all that it has.
"""

from __future__ import annotations

import mmap
import os
import struct
from contextlib import ExitStack
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_HEAD = b"\xfftOc\x00\x00\x00\x02"
_FANOUT = 8
_DEEPEST = 5
_IDS = _FANOUT + 256 * 4


class Present:
    """What is in an object folder and in those below it; packs that come later are found, too."""

    def __init__(self, objects: Path) -> None:
        self._objects = objects
        self._seen: dict[Path, mmap.mmap | None] = {}
        self._closing = ExitStack()

    def has(self, oid: str) -> bool:
        """Whether the object with that full id is there."""
        raw = bytes.fromhex(oid)
        if self._in_packs(raw):
            return True
        below = list(folders(self._objects))
        if any((folder / oid[:2] / oid[2:]).is_file() for folder in below):
            return True
        return self._look_for_packs(below) and self._in_packs(raw)

    def close(self) -> None:
        """Let go of the indexes: Windows removes no file that somebody has open."""
        self._closing.close()
        self._seen.clear()

    def _in_packs(self, raw: bytes) -> bool:
        return any(index is not None and _lists(index, raw) for index in self._seen.values())

    def _look_for_packs(self, below: list[Path]) -> bool:
        """Open the indexes that are new; whether there were any."""
        found = [path for folder in below for path in (folder / "pack").glob("*.idx")]
        new = [path for path in found if path not in self._seen]
        for path in new:
            with path.open("rb") as file:
                index = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            self._closing.callback(index.close)
            self._seen[path] = index if index[: len(_HEAD)] == _HEAD else None
        return bool(new)


def _lists(index: mmap.mmap, raw: bytes) -> bool:
    """Whether an index, in git's second format, lists the id `raw`."""
    first = raw[0]
    low = struct.unpack_from(">I", index, _FANOUT + 4 * (first - 1))[0] if first else 0
    high = struct.unpack_from(">I", index, _FANOUT + 4 * first)[0]
    width = len(raw)
    while low < high:
        middle = (low + high) // 2
        here = index[_IDS + middle * width : _IDS + (middle + 1) * width]
        if here == raw:
            return True
        low, high = (middle + 1, high) if here < raw else (low, middle)
    return False


def folders(objects: Path, depth: int = 0) -> Iterator[Path]:
    """An object folder and, as its alternates say, those below it; git follows five at most."""
    yield objects
    try:
        lines = (objects / "info" / "alternates").read_bytes().split(b"\n")
    except FileNotFoundError:
        return
    for line in lines if depth < _DEEPEST else ():
        if line and not line.startswith(b"#"):
            yield from folders(objects / os.fsdecode(line), depth + 1)
