"""Valid files, damaged in a few places: what a reader must refuse with words, or read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Edit = tuple[str, float, float, bytes]
"""What is done, where (a part of the whole), to where, and with which word."""

EDITS = ("cut", "put", "replace", "double", "line away", "line twice", "lines swapped", "number")
NUMBERS = (b"0", b"-1", b"1", b"99999999999999999999", b"", b"1e9", b"inf")


def damaged(seeds: Sequence[bytes], words: Sequence[bytes]) -> st.SearchStrategy[bytes]:
    """One of `seeds` with one to five edits; `words` mean something in such a file."""
    place = st.floats(0, 1, exclude_max=True)
    word = st.one_of(st.sampled_from(list(words)), st.sampled_from(NUMBERS), st.binary(max_size=6))
    edits = st.lists(st.tuples(st.sampled_from(EDITS), place, place, word), min_size=1, max_size=5)
    return st.builds(edited, st.sampled_from(list(seeds)), edits)


def edited(raw: bytes, edits: Sequence[Edit]) -> bytes:
    """The bytes after these edits, one after the other."""
    for what, start, end, word in edits:
        by_line = "line" in what
        parts: list[bytes] = raw.splitlines(keepends=True) if by_line else [raw]
        size = len(parts) if by_line else len(raw)
        a, b = sorted((int(start * size), int(end * size)))
        raw = b"".join(_LINES[what](parts, a, b)) if by_line else _BYTES[what](raw, a, b, word)
    return raw


_LINES: dict[str, Callable[[list[bytes], int, int], list[bytes]]] = {
    "line away": lambda lines, a, _: lines[:a] + lines[a + 1 :],
    "line twice": lambda lines, a, b: lines[:b] + lines[a : a + 1] + lines[b:],
    "lines swapped": lambda lines, a, b: (
        lines[:a] + lines[b : b + 1] + lines[a + 1 : b] + lines[a : a + 1] + lines[b + 1 :]
    ),
}
_BYTES: dict[str, Callable[[bytes, int, int, bytes], bytes]] = {
    "cut": lambda raw, a, b, _: raw[:a] + raw[min(b, a + 40) :],
    "put": lambda raw, a, _, word: raw[:a] + word + raw[a:],
    "replace": lambda raw, a, _, word: raw[:a] + word + raw[a + len(word) :],
    "double": lambda raw, a, b, _: raw[:b] + raw[a:b],
    "number": lambda raw, a, _, word: _with_number(raw, a, word),
}


def _with_number(raw: bytes, start: int, word: bytes) -> bytes:
    """The first number behind `start` is `word`."""
    while start < len(raw) and not raw[start : start + 1].isdigit():
        start += 1
    end = start
    while end < len(raw) and raw[end : end + 1].isdigit():
        end += 1
    return raw[:start] + word + raw[end:]
