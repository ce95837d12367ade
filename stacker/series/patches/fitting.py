"""Hunks on a file: put exactly where they say, or the reason in words why they do not fit. Pure."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, NamedTuple

from stacker.series.patches.filediff import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from stacker.series.patches.filediff import Hunk


class Misfit(NamedTuple):
    """Why a hunk does not fit: what is wrong with it, and what to do next."""

    said: str
    hint: str


_DAMAGED = "The file is damaged (wrapped, cut, or edited without its line counts): get it anew."
LINE_ENDS = (
    "A checkout (core.autocrlf) or a mail program converted line ends: keep patches byte-exact "
    "(`patches/** -text` in .gitattributes) and get the patch anew."
)
"""What to do about line ends that are not those of the file."""
_BLANKS = "A mail program or an editor changed blanks: get the patch as a file, or attached."
_BASE = (
    "It was made on another base, or edited since: give its base, or the patches that come "
    "before it."
)


def fitted(hunks: Sequence[Hunk], content: bytes) -> bytes | None:
    """`content` with the hunks applied just where they say; `None` where one does not fit."""
    lines, done, out = _lines(content), 0, list[bytes]()
    for hunk in hunks:
        end = hunk.start + len(hunk.before)
        if hunk.damage or hunk.start < done or tuple(lines[hunk.start : end]) != hunk.before:
            return None
        out += lines[done : hunk.start]
        out += hunk.after
        done = end
    return b"".join(out + lines[done:])


def damage(hunks: Sequence[Hunk]) -> Misfit | None:
    """What the first damaged hunk has; `None` where all are whole."""
    found = next((hunk for hunk in hunks if hunk.damage), None)
    return Misfit(f"{_named(found)}: {found.damage}", _DAMAGED) if found is not None else None


def misfit(hunks: Sequence[Hunk], content: bytes) -> Misfit | None:
    """Why the first hunk that does not fit does not; `None` if each one fits."""
    damaged = damage(hunks)
    if damaged is not None:
        return damaged
    lines, done = _lines(content), 0
    for hunk in hunks:
        end = hunk.start + len(hunk.before)
        if hunk.start < done:
            return Misfit(f"{_named(hunk)}: it begins before the one above it ends", _DAMAGED)
        if tuple(lines[hunk.start : end]) != hunk.before:
            return _reason(hunk, lines)
        done = end
    return None


def _reason(hunk: Hunk, lines: Sequence[bytes]) -> Misfit:
    place = _place(hunk.before, lines, lambda line: line.removesuffix(b"\n"))
    if place is not None and place != hunk.start:
        said, hint = f"its lines are there from line {place + 1}, not {hunk.start + 1}", _BASE
    elif _place(hunk.before, lines, lambda line: line.rstrip(b"\r\n")) is not None:
        said, hint = _line_ends(hunk, lines), LINE_ENDS
    elif _place(hunk.before, lines, lambda line: b"".join(line.split())) is not None:
        said, hint = f"only blanks differ; {_difference(hunk, lines)}", _BLANKS
    else:
        said, hint = _difference(hunk, lines), _BASE
    return Misfit(f"{_named(hunk)}: {said}", hint)


def _place(
    wanted: Sequence[bytes], lines: Sequence[bytes], alike: Callable[[bytes], bytes]
) -> int | None:
    """Where `wanted` stands among `lines`, counted from 0, if lines that are `alike` are equal."""
    if not wanted:
        return None
    # Searched as one text, so that a long file with one line many times costs nothing.
    text, pattern = (b"\n" + b"\n".join(map(alike, x)) + b"\n" for x in (lines, wanted))
    at = text.find(pattern)
    return None if at < 0 else text.count(b"\n", 0, at)


def _line_ends(hunk: Hunk, lines: Sequence[bytes]) -> str:
    mine, here = (any(x.endswith(b"\r\n") for x in side) for side in (hunk.before, lines))
    if mine and not here:
        return "its lines end in CR LF, those of the file do not"
    if here and not mine:
        return "the lines of the file end in CR LF, its own do not"
    return "only line ends differ"


def _difference(hunk: Hunk, lines: Sequence[bytes]) -> str:
    for number, wanted in enumerate(hunk.before, hunk.start):
        if number >= len(lines):
            return f"line {number + 1} should be {shown(wanted)}, and the file ends before"
        if lines[number] != wanted:
            here = shown(lines[number])
            if here == shown(wanted):  # cut for show, or the line end of the last line
                return f"line {number + 1}, {here}, is not the same to its end"
            return f"line {number + 1} should be {shown(wanted)} and is {here}"
    return "it begins beyond the end of the file"


def _named(hunk: Hunk) -> str:
    return f"hunk {hunk.number} ({hunk.head})"


def _lines(content: bytes) -> list[bytes]:
    return io.BytesIO(content).readlines()
