"""Conflict markers: what a person reads in them, which are left, and a solution carried on.

A conflicted file is cut at its hunks, each from its first marker to its last. A hunk holds what
base, upstream and mine have there, so hunks of the same bytes are the same conflict.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# git writes commit ids behind its markers; a file may have longer markers, by attribute.
_GITS_NAMES = re.compile(rb"^([<>]{7,}) [0-9a-f]{40,64}|^(\|{7,}) [0-9a-f]{7,64}", re.MULTILINE)
_WORDS = {b"<": b"upstream", b">": b"mine", b"|": b"before"}
_BEGIN = re.compile(rb"^(<{7,}) upstream\b[^\n]*\n", re.MULTILINE)
_MARKER = re.compile(rb"^(?:<{7,}|>{7,}|\|{7,})(?: [^\n]*)?\r?$|^={7}\r?$", re.MULTILINE)


class Cut(NamedTuple):
    """A conflicted file: its hunks, and the texts around them, one more than hunks."""

    texts: tuple[bytes, ...]
    hunks: tuple[bytes, ...]

    def with_hunks(self, hunks: Sequence[bytes]) -> bytes:
        """The file with other bytes in place of its hunks."""
        filled = (a + b for a, b in zip(self.texts, (*hunks, b""), strict=True))
        return b"".join(filled)


def named(content: bytes) -> bytes:
    """A file that git wrote markers into, with markers that say `upstream`, `before`, `mine`."""

    def name(match: re.Match[bytes]) -> bytes:
        marker = match[1] or match[2]
        return marker + b" " + _WORDS[marker[:1]]

    return _GITS_NAMES.sub(name, content)


def cut(content: bytes) -> Cut | None:
    """Cut a file with named markers; `None` where it has none, or a hunk without an end."""
    texts: list[bytes] = []
    hunks: list[bytes] = []
    at = 0
    while (begin := _BEGIN.search(content, at)) is not None:
        size = len(begin[1])
        end = re.compile(rb"^>{%d} mine\b[^\n]*(?:\n|\Z)" % size, re.MULTILINE)
        last = end.search(content, begin.end())
        if last is None:
            return None
        texts.append(content[at : begin.start()])
        hunks.append(content[begin.start() : last.end()])
        at = last.end()
    return Cut((*texts, content[at:]), tuple(hunks)) if hunks else None


def sides_of_hunk(hunk: bytes) -> tuple[bytes, bytes, bytes] | None:
    """What upstream, the base and mine have in a hunk; `None` where its parts cannot be told."""
    begin = _BEGIN.match(hunk)
    size = len(begin[1]) if begin else 0
    inner = rb"(.*?)^\|{%d} before\b[^\n]*\n(.*?)^={%d}\r?\n(.*?)^>{%d} mine\b" % (size, size, size)
    found = re.compile(inner, re.MULTILINE | re.DOTALL).match(hunk, begin.end() if begin else 0)
    return (found[1], found[2], found[3]) if begin and found else None


def leftover(content: bytes, sides: Iterable[bytes]) -> int | None:
    """The number of the first line, from 1, that is a marker and stands in none of the sides."""
    lines = {match[0] for side in sides for match in _MARKER.finditer(side)}
    for match in _MARKER.finditer(content):
        if match[0] not in lines:
            return content.count(b"\n", 0, match.start()) + 1
    return None


def solutions(then: Cut, solved: bytes) -> tuple[bytes, ...] | None:
    """What `solved` has in place of each hunk, in whole lines; `None` unless all else is the same.

    `None` also where the texts around the hunks can be found in more than one way.
    """
    places = _places(then.texts, solved, rightmost=False)
    if places is None or places != _places(then.texts, solved, rightmost=True):
        return None
    starts = [at + len(text) for at, text in zip(places, then.texts, strict=True)]
    found = tuple(solved[a:b] for a, b in zip(starts, places[1:], strict=False))
    return found if all(not one or one.endswith(b"\n") for one in found) else None


def _places(texts: Sequence[bytes], solved: bytes, *, rightmost: bool) -> list[int] | None:
    """Where each text begins, in order: the first at the beginning, the last at the end."""
    first, *inner, last = texts
    begin, end = len(first), len(solved) - len(last)
    if end < begin or not solved.startswith(first) or not solved.endswith(last):
        return None
    found: list[int] = []
    for text in reversed(inner) if rightmost else inner:
        at = _find(solved, text, begin, end, rightmost=rightmost)
        if at is None:
            return None
        found.append(at)
        if rightmost:
            end = at
        else:
            begin = at + len(text)
    if rightmost:
        found.reverse()
    return [0, *found, len(solved) - len(last)]


def _find(solved: bytes, text: bytes, begin: int, end: int, *, rightmost: bool) -> int | None:
    """Where `text` stands whole between two places, beginning a line."""
    at = solved.rfind(text, begin, end) if rightmost else solved.find(text, begin, end)
    while at > 0 and solved[at - 1] != 0x0A:
        if rightmost:
            at = solved.rfind(text, begin, at + len(text) - 1)
        else:
            at = solved.find(text, at + 1, end)
    return at if at >= 0 else None
