"""A change as its reader sees it: files, hunks, lines with their signs. Pure.

What is read is git's own diff, which `git diff-tree` wrote here a moment ago.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from stacker.render.terminal import visible
from stacker.series.patches.filediff import parts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from stacker.series.patches.filediff import FileDiff

_HUNK = re.compile(rb"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@ ?([^\n]*)")
_RETURN = "^M"  # as git shows it
_TO = re.compile(rb"^(?:rename|copy) to ([^\n]*)$", re.MULTILINE)


class Line(NamedTuple):
    """`sign` is a space, `+`, `-`, or a backslash where git speaks itself."""

    sign: str
    text: str


class Hunk(NamedTuple):
    """Where it begins on both sides, the line that git names for its place, and its lines."""

    old: int
    new: int
    place: str
    lines: tuple[Line, ...]


class FileChange(NamedTuple):
    """One file; `note` says what happened besides lines: `new file`, `was x`, `binary`."""

    path: str
    note: str
    hunks: tuple[Hunk, ...]

    def count(self, sign: str) -> int:
        """How many lines have that sign."""
        return sum(line.sign == sign for hunk in self.hunks for line in hunk.lines)

    @property
    def size(self) -> int:
        """Characters of all its lines."""
        return sum(len(line.text) + 1 for hunk in self.hunks for line in hunk.lines)


def files(diff: bytes) -> tuple[FileChange, ...]:
    """The files of a diff, in its order."""
    lines = diff.split(b"\n")
    found: list[FileChange] = []
    at = 0
    while at < len(lines):
        if not lines[at].startswith(b"diff --git "):
            at += 1
            continue
        end = at + 1
        while end < len(lines) and not lines[end].startswith((b"@@ ", b"diff --git ", b"GIT bin")):
            end += 1
        head = b"\n".join(lines[at:end]) + b"\n"
        hunks: list[Hunk] = []
        at = end
        while at < len(lines) and (begin := _HUNK.match(lines[at])):
            hunk, at = _hunk(lines, at + 1, begin)
            hunks.append(hunk)
        binary = b"\nBinary files " in head or lines[end : end + 1] == [b"GIT binary patch"]
        path, note = named(head, binary=binary)
        own = [line for line in lines[end:at] if line[:1] in (b" ", b"+", b"-")]
        if own and all(line.endswith(b"\r") for line in own):
            hunks, note = [_unmarked(hunk) for hunk in hunks], f"{note}, CRLF".lstrip(", ")
        found.append(FileChange(path, note, tuple(hunks)))
    return tuple(found)


def _hunk(lines: Sequence[bytes], at: int, begin: re.Match[bytes]) -> tuple[Hunk, int]:
    left = [1 if begin[n] is None else int(begin[n]) for n in (2, 4)]
    found: list[Line] = []
    while at < len(lines) and (any(left) or lines[at].startswith(b"\\")):
        sign = lines[at][:1] or b" "
        if sign not in b" +-\\":
            break
        left[0] -= sign in b" -"
        left[1] -= sign in b" +"
        found.append(Line(sign.decode("ascii"), shown(lines[at][1:])))
        at += 1
    return Hunk(int(begin[1]), int(begin[3]), shown(begin[5]), tuple(found)), at


def _unmarked(hunk: Hunk) -> Hunk:
    """The same where every line ends as in DOS, which need not be said at each."""
    lines = tuple(line._replace(text=line.text.removesuffix(_RETURN)) for line in hunk.lines)
    return hunk._replace(lines=lines)


def _part(head: bytes) -> FileDiff:
    """What the head of a file's diff says; one that only moved is named by that alone."""
    part, to = parts(head)[0], _TO.search(head)
    if part.new_path is not None or to is None:
        return part
    [moved] = parts(b"diff --git \nrename from %s\n" % to[1])
    return part._replace(new_path=moved.old_path)


def named(head: bytes, *, binary: bool) -> tuple[str, str]:
    """Path and note of a file, by the head of its diff."""
    part = _part(head)
    path = part.new_path or part.old_path or b"?"
    notes = list(_notes(part))
    if binary:  # nothing else tells one such change from another
        notes.append(f"binary {(part.new_blob or b'')[:10].decode('ascii')}".rstrip())
    return shown(path), ", ".join(notes)


def _notes(part: FileDiff) -> Iterator[str]:
    modes = part.modes
    if b"new file mode" in modes:
        yield _mode("new file", modes[b"new file mode"])
    if b"deleted file mode" in modes:
        yield "deleted"
    if part.old_path and part.new_path and part.old_path != part.new_path:
        yield f"was {shown(part.old_path)}"
    if b"new mode" in modes:
        yield f"mode {modes.get(b'old mode', '?')} → {modes[b'new mode']}"


def _mode(words: str, mode: str) -> str:
    kinds = {"100755": "executable", "120000": "symbolic link", "160000": "submodule"}
    return f"{words}, {kinds[mode]}" if mode in kinds else words


def shown(raw: bytes) -> str:
    """A line or name, with all that cannot be seen written out; a line end of DOS is marked."""
    text = raw.decode("utf-8", "backslashreplace")
    if text.endswith("\r"):
        text = f"{text[:-1]}{_RETURN}"
    return visible(text).replace("\n", "\\n")
