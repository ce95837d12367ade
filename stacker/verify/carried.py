"""What the checks of a plan carry from outside of git, by its content; unchanged files are not
read again."""

from __future__ import annotations

import json
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stacker.series.directory import write_atomically
from stacker.verify.content import Kind, Uncarriable, digest_of, entries, read_digest

if TYPE_CHECKING:
    from stacker.verify.content import Entry
    from stacker.verify.request import VerifyRequest

_FILE = "carried.json"
_AT_A_GLANCE = 16 << 20  # bytes
_RACY = 2_000_000_000  # ns within which a file may change again and keep its times


@dataclass(frozen=True, slots=True)
class Carried:
    """The digest of what is carried, empty when it is not known; `lacks` says why, in words."""

    digest: str
    lacks: str = ""


def carried(request: VerifyRequest) -> dict[str, Carried]:
    """The content of all that the plan's checks carry, by the source as the plan writes it."""
    return _carried(request, None)


def seen_carried(request: VerifyRequest) -> dict[str, Carried]:
    """The same as far as it can be told at once: without reading much."""
    return _carried(request, _AT_A_GLANCE)


def source_of(request: VerifyRequest, written: str) -> Path:
    """Where a source lies that the plan writes so: relative to the series directory."""
    return Path(os.path.realpath(request.folder.parent / written))


def _carried(request: VerifyRequest, most: int | None) -> dict[str, Carried]:
    plan = request.plan
    sources = dict.fromkeys(source for check in plan.checks for source in check.carry.values())
    if not sources:
        return {}
    memory = Memory(request.folder / _FILE)
    found = {}
    for written in sources:
        try:
            source = _allowed(request, written)
            found[written] = Carried(memory.digest(source, time.time_ns(), most))
        except Uncarriable as exc:
            found[written] = Carried("", f"{written} {exc}")
    if most is None:
        memory.save()
    return found


def _allowed(request: VerifyRequest, written: str) -> Path:
    source, state = source_of(request, written), Path(os.path.realpath(request.folder))
    if source.is_relative_to(state) or state.is_relative_to(source):
        raise Uncarriable("holds what stacker keeps of this series")
    return source


class Memory:
    """The digests of files as they were, in a `file`; each with its stamp, as git's index does."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._before = _loaded(file)
        self._now: dict[str, dict[str, list[Any]]] = {}

    def digest(self, source: Path, now: int, most: int | None = None) -> str:
        """The digest of `source` at the time `now` (ns since 1970).

        What was not seen before, or not long enough ago to be sure of, is read; if that is more
        than `most` bytes, the digest is empty.
        """
        known = self._before.get(str(source), {})
        seen: dict[str, list[Any]] = {}
        room = most

        def told(entry: Entry) -> str:
            nonlocal room
            if entry.kind not in {Kind.FILE, Kind.PROGRAM}:
                return read_digest(entry)
            stamp, before = list(entry.stamp), known.get(entry.path)
            if before is not None and before[:-1] == stamp:
                seen[entry.path] = before
                return str(before[-1])
            if room is not None:
                room -= entry.stamp[0]
                if room < 0:
                    return ""
            value = read_digest(entry)
            if _changed_at(entry) < now - _RACY:
                seen[entry.path] = [*stamp, value]
            return value

        try:
            whole = digest_of(entries(source), told)
        except OSError as exc:
            raise Uncarriable(f"cannot be read: {exc.strerror}") from exc
        self._now[str(source)] = seen
        return whole if room is None or room >= 0 else ""

    def save(self) -> None:
        """Remember what was seen, for the next time."""
        if self._now != self._before:
            content = json.dumps({"sources": self._now}, separators=(",", ":"))
            write_atomically(self._file, content.encode("ascii"), durable=False)


def _changed_at(entry: Entry) -> int:
    """When a file last changed: what a person cannot set, where the system keeps it."""
    _, modified, changed, _ = entry.stamp
    return changed if os.name == "posix" else modified


def _loaded(file: Path) -> dict[str, dict[str, list[Any]]]:
    """What was saved; nothing if that is damaged, for it can be had again."""
    try:
        sources = json.loads(file.read_bytes())["sources"]
        good = all(
            isinstance(one, list) and len(one) == 5
            for files in sources.values()
            for one in files.values()
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}
    return sources if good else {}
