"""What a merge of one file will probably come to; only ever used to ask git more at once.

The hunks of the patch are put where their old lines stand in the other version. It is a guess,
and git's own answer for the same merge decides: a wrong guess costs time, never correctness.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_FILE = re.compile(rb"^diff --git ", re.MULTILINE)
_NAME = re.compile(rb'^\+\+\+ b/([^\n"]+?)\t?\n', re.MULTILINE)
_HUNK = re.compile(rb"^@@ -(\d+)(?:,\d+)? \+\d+(?:,\d+)? @@[^\n]*\n", re.MULTILINE)
_CONTEXTS = (3, 1)  # lines; git merges what is one untouched line apart
_MOST_PLACES = 100


class Hunk(NamedTuple):
    """One place that a patch changes: the number of its first old line, and its lines with sign."""

    line: int
    lines: Sequence[bytes]

    def around(self, context: int) -> tuple[int, bytes, bytes]:
        """First line, old text and new text, with at most so many lines of context."""
        first, last = 0, len(self.lines)
        while first < last and self.lines[first][:1] == b" ":
            first += 1
        while last > first and self.lines[last - 1][:1] == b" ":
            last -= 1
        first, last = max(0, first - context), min(len(self.lines), last + context)
        some = self.lines[first:last]
        old = b"".join(line[1:] for line in some if line[:1] != b"+")
        new = b"".join(line[1:] for line in some if line[:1] != b"-")
        return self.line + first, old, new


def hunks_of(diff: bytes) -> Mapping[bytes, tuple[Hunk, ...]]:
    """The hunks of a diff by path; paths that git quotes are left out."""
    starts = [m.start() for m in _FILE.finditer(diff)]
    found = {}
    for start, end in pairwise([*starts, len(diff)]):
        name = _NAME.search(diff, start, end)
        if name is not None:
            found[name[1]] = tuple(_hunks(diff, name.end(), end))
    return found


def guess(content: bytes, hunks: Sequence[Hunk]) -> bytes | None:
    """`content` with the hunks put in; `None` where one of them has no place."""
    parts: list[bytes] = []
    end = line = 0  # of what is done: the place in `content`, and the patch's line there
    for hunk in hunks:
        for context in _CONTEXTS:
            first, old, new = hunk.around(context)
            at = _place(content, old, end, first - line)
            if at is not None:
                break
        else:
            return None
        parts += (content[end:at], new)
        end, line = at + len(old), first + old.count(b"\n")
    return b"".join((*parts, content[end:])) if hunks else None


def _hunks(diff: bytes, start: int, end: int) -> Iterator[Hunk]:
    heads = list(_HUNK.finditer(diff, start, end))
    for head, stop in zip(heads, [*(h.start() for h in heads), end][1:], strict=True):
        lines: list[bytes] = []
        for line in diff[head.end() : stop].splitlines(keepends=True):
            if line[:1] == b"\\" and lines:  # the line before has no end
                lines[-1] = lines[-1].removesuffix(b"\n")
            else:
                lines.append(line)
        yield Hunk(int(head[1]), lines)


def _place(content: bytes, old: bytes, start: int, lines_on: int) -> int | None:
    """Where `old` stands in `content` behind `start`; of several places that nearest to
    `lines_on` lines further on."""
    if not old:
        return None
    places: list[int] = []
    at = content.find(old, start)
    while at >= 0 and len(places) < _MOST_PLACES:
        whole = old.endswith(b"\n") or at + len(old) == len(content)
        if whole and (at == 0 or content[at - 1] == 0x0A):
            places.append(at)
        at = content.find(old, at + 1)
    if len(places) < 2:
        return places[0] if places else None
    return min(places, key=lambda at: abs(content.count(b"\n", start, at) - lines_on))
