"""Two plans that began as one, merged table by table: two who add a stage each both mean it. Pure.

git merges lines, and would put the ids of two new stages into one table.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_HEADER = re.compile(r"^\[", re.MULTILINE)
_NAME = re.compile(r"^(?:id|name)\s*=\s*(\S.*?)\s*$", re.MULTILINE)


def merge_tables(base: str, ours: str, theirs: str) -> str | None:
    """The plan with what both sides did; `None` where both changed one table."""
    was, mine, other = _tables(base), _tables(ours), _tables(theirs)
    merged: dict[str, str] = {}
    for key in _in_order(mine, other):
        sides = was.get(key), mine.get(key), other.get(key)
        text = _one(*sides)
        if text is None and sides[1] != sides[2] and sides[0] not in sides[1:]:
            return None
        if text is not None:
            merged[key] = text
    return "".join(text if text.endswith("\n") else f"{text}\n" for text in merged.values())


def _one(was: str | None, mine: str | None, other: str | None) -> str | None:
    """What one table is to be; `None` where it goes, or where both sides changed it."""
    if other in (mine, was):
        return mine
    return other if mine == was else None


def _tables(text: str) -> dict[str, str]:
    """The tables of a plan as they are written, each from its header to the next one."""
    starts = [match.start() for match in _HEADER.finditer(text)]
    parts = [text[: starts[0]] if starts else text]
    parts += [text[a:b] for a, b in zip(starts, [*starts[1:], len(text)], strict=True)]
    found: dict[str, str] = {}
    for part in parts:
        header = part.split("\n", 1)[0].strip() if part.startswith("[") else ""
        name = _NAME.search(part) if header.startswith("[[") else None
        key = f"{header} {name[1]}" if name else header
        while key in found:  # no plan has that; it is found out when it is read
            key += "'"
        found[key] = part
    return found


def _in_order(mine: Mapping[str, str], other: Mapping[str, str]) -> list[str]:
    """The tables of both: theirs in their order, each of ours behind the one that it came after."""
    found = list(other)
    before = ""
    for key in mine:
        if key not in other:
            place = found.index(before) + 1 if before in found else len(found)
            found.insert(place, key)
        before = key
    return found
