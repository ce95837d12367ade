"""Two plans that began as one, merged table by table: two who add a stage each both mean it. Pure.

git merges lines, and would put the ids of two new stages into one table.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_HEADER = re.compile(r"^\[", re.MULTILINE)
_NAME = re.compile(r"^(?:id|name)\s*=\s*(\S.*?)\s*$", re.MULTILINE)


def merge_tables(base: str, ours: str, theirs: str) -> str | None:
    """The plan with what both sides did; `None` where both changed one table, or the order."""
    was, mine, other = _tables(base), _tables(ours), _tables(theirs)
    order = _in_order(was, mine, other)
    if order is None:
        return None
    merged: list[str] = []
    for key in order:
        before, here, there = was.get(key), mine.get(key), other.get(key)
        if _same(there, here) or _same(there, before):
            text = here
        elif _same(here, before):
            text = there
        else:
            return None
        if text is not None:
            merged.append(text)
    return "".join(text if text.endswith("\n") else f"{text}\n" for text in merged)


def _same(one: str | None, two: str | None) -> bool:
    """Whether both say the same; empty lines behind the last table of a plan come and go."""
    return one == two if one is None or two is None else one.rstrip() == two.rstrip()


def _tables(text: str) -> dict[str, str]:
    """The tables of a plan as they are written, each from its header to the next one."""
    starts = [match.start() for match in _HEADER.finditer(text)]
    bounds = [0, *starts, len(text)]
    found: dict[str, str] = {}
    for part in (text[a:b] for a, b in pairwise(bounds) if a < b):
        header = part.split("\n", 1)[0].strip() if part.startswith("[") else ""
        name = _NAME.search(part) if header.startswith("[[") else None
        key = f"{header} {name[1]}" if name else header
        while key in found:  # no plan has that; it is found out when it is read
            key += "'"
        found[key] = part
    return found


def _in_order(
    was: Mapping[str, str], mine: Mapping[str, str], other: Mapping[str, str]
) -> list[str] | None:
    """The tables of both in the order of the side that changed it, each that only the other side
    has behind the one that it came after there; `None` where both changed the order."""
    ordered = [[key for key in side if key in mine and key in other] for side in (mine, other)]
    before = [key for key in was if key in mine and key in other]
    kept = [[key for key in side if key in was] == before for side in ordered]
    if not any(kept) and ordered[0] != ordered[1]:
        return None
    first, second = (other, mine) if kept[0] else (mine, other)
    found = list(first)
    after = ""
    for key in second:
        if key not in first:
            place = found.index(after) + 1 if after in found else len(found)
            found.insert(place, key)
        after = key
    return found
