"""How much alike git finds two files, without asking it: at least so much, at most so much.

git's mark is the share of bytes in lines (and pieces of 64 bytes of long ones) that both have, of
the bigger file's bytes; see `diffcore_count_changes` and `estimate_similarity` in git's source.
"""

from __future__ import annotations

from collections import Counter

FULL = 60000
"""git's mark for two files that are equal."""


def least_mark(one: bytes, other: bytes) -> int:
    """The mark is at least that of the lines that both have, wherever they stand."""
    ours, theirs = Counter(one.split(b"\n")[:-1]), Counter(other.split(b"\n")[:-1])
    # Lines that end with CR do not count: git may take one file for text and one for binary, and
    # drops the CR only in text.
    shared = sum(
        min(count, theirs[line]) * (len(line) + 1)
        for line, count in ours.items()
        if line in theirs and not line.endswith(b"\r")
    )
    return shared * FULL // max(len(one), len(other), 1)


def best_mark(size: int, other: int) -> int:
    """The mark that two files of so many bytes have at most."""
    return min(size, other) * FULL // max(size, other, 1)
