"""The hunks of one file's diff, line by line: where a line of the old file is in the new one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_HUNK = re.compile(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_MOVES = {" ": 0, "+": 1, "-": -1}


class Row(NamedTuple):
    """A line of a hunk; `sign` is a space, `+` or `-`.

    `old` and `new` are the numbers that it has on each side; on a side where it is not, that of
    the line which follows it there. `at` is its place in the text, `hunk` that of its hunk's head.
    """

    sign: str
    old: int
    new: int
    at: int
    hunk: int


def rows(diff: str) -> Iterator[Row]:
    """The lines of all hunks of one file; what stands before the first hunk is left out."""
    old = new = at = 0
    hunk = -1
    for line in diff.split("\n"):
        head = _HUNK.match(line)
        if head is not None:
            # A range without lines is named by the line before it.
            old, new = int(head[1]) + (head[2] == "0"), int(head[3]) + (head[4] == "0")
            hunk = at
        elif hunk >= 0 and line[:1] in _MOVES:
            yield Row(line[0], old, new, at, hunk)
            old += line[0] != "+"
            new += line[0] != "-"
        at += len(line) + 1


def line_after(diff: str, line: int) -> int | None:
    """Where that line of the old file is in the new one; `None` if it was changed or taken out."""
    shift = 0
    for row in rows(diff):
        if line < row.old:
            break
        if row.sign == "-" and row.old == line:
            return None
        shift += _MOVES[row.sign]
    return line + shift


def hunk_to(diff: str, line: int, *, old: bool) -> str | None:
    """The hunk that shows a line of the new file (`old`: of the old one), from its head up to
    that line; `None` if none does."""
    gone = "+" if old else "-"
    for row in rows(diff):
        if row.sign != gone and (row.old if old else row.new) == line:
            end = diff.find("\n", row.at)
            return diff[row.hunk :] if end < 0 else diff[row.hunk : end]
    return None
