"""A diff as what it says: a part for each file, with the file's old and new side, and hunks. Pure.

git reads the same diff itself; what is read here finds the exact preimage, and says why one does
not fit. Whatever is not plainly written is left as unread.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

_FILE = re.compile(rb"^diff --git ", re.MULTILINE)
_BODY = re.compile(rb"^(?:@@ -|GIT binary patch$)", re.MULTILINE)
_HUNK = re.compile(rb"(@@ -(\d{1,9})(?:,(\d{1,9}))? \+(\d{1,9})(?:,(\d{1,9}))? @@)[^\n]*\n?")
_UNNAMED = re.compile(rb"^--- [^\n]*\n\+\+\+ [^\n]*\n", re.MULTILINE)
_SEEN = re.compile(rb"\S")
_SPILT = re.compile(rb"^(?!-- ?$)[ +\\-][^\n]*", re.MULTILINE)
_INDEX = re.compile(rb"^index ([0-9a-f]+)\.\.([0-9a-f]+)", re.MULTILINE)
# A name ends at a tab, for git quotes one that has a tab; diff writes the time behind it.
_OLD_NAME = re.compile(rb"^(--- |rename from |copy from )([^\t\n]*)(?:\t(.*))?$", re.MULTILINE)
_NEW_NAME = re.compile(rb"^\+\+\+ ([^\t\n]*)(?:\t(.*))?$", re.MULTILINE)
_EPOCH = re.compile(rb"(?:1970-01-01|1969-12-31) \d\d:\d\d:00(?:\.0+)? [+-]\d{4}")
_MODE = re.compile(rb"^(old mode|new mode|new file mode|deleted file mode) (\d{6})$", re.MULTILINE)
_QUOTED = re.compile(rb"\\([0-7]{3}|.)", re.DOTALL)
_ESCAPES = {b"n": b"\n", b"t": b"\t", b"r": b"\r", b"a": b"\a", b"b": b"\b", b"f": b"\f",
            b"v": b"\v"}  # fmt: skip


class Hunk(NamedTuple):
    """One hunk: its number in its file, from 1, its `@@` line, and the lines of both sides.

    `start` counts lines of the old side from 0. Lines have their line ends. `damage` says in
    words why the hunk cannot be as it was written; `None` if it can.
    """

    number: int
    head: str
    start: int
    before: tuple[bytes, ...]
    after: tuple[bytes, ...]
    damage: str | None


class FileDiff(NamedTuple):
    """One file's part of a diff.

    A path is `None` where the file is not there on that side, or not named; blob ids as they are
    written, maybe short. `modes` has what is said of modes, by the words it is said with.
    `changes` says that content changes too; `special` that it is binary, renamed or copied; `rest`
    is what stands behind the hunks.
    """

    old_path: bytes | None
    new_path: bytes | None
    old_blob: bytes | None
    new_blob: bytes | None
    modes: Mapping[bytes, str]
    hunks: tuple[Hunk, ...]
    changes: bool
    special: bool
    rest: bytes

    @property
    def path(self) -> bytes | None:
        """The file's path, before rather than after; `None` where it is not named."""
        return self.old_path or self.new_path

    @property
    def unread(self) -> bool:
        """Whether there is more to the part than its hunks."""
        return self.special or bool(_SEEN.search(self.rest))


def parts(diff: bytes, strip: int = 1) -> tuple[FileDiff, ...]:
    """The parts of a diff, in its order; `strip` folders are taken off the names (`patch -p`)."""
    starts = [m.start() for m in _FILE.finditer(diff)]
    if not starts or diff[: starts[0]].strip():
        starts.insert(0, 0)
    found: list[FileDiff] = []
    for start, end in zip(starts, [*starts[1:], len(diff)], strict=True):
        text, at = diff[start:end], 0
        # Two files' lines in one part: git applies the second as well, whatever it was made on.
        while at < len(text):
            part, at = _part(text, at, strip)
            found.append(part)
    return tuple(found)


def _part(text: bytes, at: int, strip: int) -> tuple[FileDiff, int]:
    """The part that begins at `at`, and where an unnamed one behind it does."""
    body = _BODY.search(text, at)
    head = text[at : body.start()] if body else text[at:]
    binary = body is not None and body[0].startswith(b"GIT")
    hunks, rest = _hunks(text, body.start()) if body and not binary else ((), len(text))
    index, old, new = _INDEX.search(head), _OLD_NAME.search(head), _NEW_NAME.search(head)
    modes = {m[1]: m[2].decode("ascii") for m in _MODE.finditer(head)}
    # Binary content and modes have no lines that name the sides.
    both = None if old or new else _same_path(head.partition(b"\n")[0], strip)
    unnamed = _UNNAMED.search(text, rest)
    end = unnamed.start() if unnamed else len(text)
    part = FileDiff(
        old_path=_side(old[2], old[3], strip if old[1] == b"--- " else 0)
        if old
        else (None if b"new file mode" in modes else both),
        new_path=_side(new[1], new[2], strip)
        if new
        else (None if b"deleted file mode" in modes else both),
        old_blob=index[1] if index else None,
        new_blob=index[2] if index else None,
        modes=modes,
        hunks=hunks,
        changes=body is not None,
        special=binary or b"\nrename " in head or b"\ncopy " in head,
        rest=text[rest:end],
    )
    return part, end


def _hunks(text: bytes, at: int) -> tuple[tuple[Hunk, ...], int]:
    """The hunks that begin at `at`, and where they end."""
    found: list[Hunk] = []
    while head := _HUNK.match(text, at):
        hunk, at = _hunk(text, head, len(found) + 1)
        found.append(hunk)
    return tuple(found), at


def _hunk(text: bytes, head: re.Match[bytes], number: int) -> tuple[Hunk, int]:
    sides: tuple[list[bytes], list[bytes]] = ([], [])
    counts = tuple(int(head[g]) if head[g] else 1 for g in (3, 5))
    at, last = head.end(), ""
    while len(sides[0]) < counts[0] or len(sides[1]) < counts[1]:
        line, at_next = _line(text, at)
        if not line.endswith(b"\n") or (line[:1] not in b" +-\\" and line != b"\n"):
            break
        last = _take(line, sides, last)
        at = at_next
    line, at_next = _line(text, at)
    if line.startswith(b"\\"):
        _take(line, sides, last)
        at = at_next
    start = int(head[2]) - (1 if counts[0] else 0)
    damage = _damage(text, at, counts, (len(sides[0]), len(sides[1])))
    shown = head[1].decode("ascii")
    return Hunk(number, shown, start, tuple(sides[0]), tuple(sides[1]), damage), at


def _take(line: bytes, sides: tuple[list[bytes], list[bytes]], last: str) -> str:
    """Put a line on the sides it is of; says which. A mail tool may have emptied a blank one."""
    if line.startswith(b"\\"):  # no line end where the file ends
        for side, sign in zip(sides, "-+", strict=True):
            if last in (sign, " ") and side:
                side[-1] = side[-1].removesuffix(b"\n")
        return last
    sign, content = (" ", line) if line == b"\n" else (chr(line[0]), line[1:])
    if sign in " -":
        sides[0].append(content)
    if sign in " +":
        sides[1].append(content)
    return sign


def _damage(text: bytes, at: int, said: tuple[int, ...], has: tuple[int, int]) -> str | None:
    if has != said:
        line, _ = _line(text, at)
        here = f"it ends at {shown(line)}" if line else "there it ends"
        return (
            f"it says it has {said[0]} lines before and {said[1]} after, it has {has[0]} and "
            f"{has[1]}; {here}"
        )
    line, _ = _line(text, at)
    if _SPILT.match(line) and not _UNNAMED.match(text, at):
        return f"it goes on with {shown(line)} beyond the lines that it says it has"
    return None


def _line(text: bytes, at: int) -> tuple[bytes, int]:
    end = text.find(b"\n", at)
    end = len(text) if end < 0 else end + 1
    return text[at:end], end


def _same_path(line: bytes, strip: int) -> bytes | None:
    """The path in `diff --git a/PATH b/PATH`; `None` where the two are not the same."""
    names = line.removeprefix(b"diff --git ")
    middle = len(names) // 2
    old, new = (_path(raw, strip) for raw in (names[:middle], names[middle + 1 :]))
    return old if old == new else None


def _side(raw: bytes, when: bytes | None, strip: int) -> bytes | None:
    """The path of a side; one of the year 1970 is a file that is not there, as diff has it."""
    return None if when and _EPOCH.fullmatch(when.strip()) else _path(raw, strip)


def _path(raw: bytes, strip: int) -> bytes | None:
    if raw == b"/dev/null":
        return None
    if raw.startswith(b'"') and raw.endswith(b'"'):
        raw = _QUOTED.sub(
            lambda m: bytes([int(m[1], 8) & 255]) if len(m[1]) == 3 else _ESCAPES.get(m[1], m[1]),
            raw[1:-1],
        )
    return raw.split(b"/", strip)[-1] or raw


def shown(line: bytes) -> str:
    """A line for people: short, and with all that cannot be seen written out."""
    text = line.decode("utf-8", "backslashreplace").rstrip("\n")
    return repr(text if len(text) <= 40 else text[:39] + "…")
