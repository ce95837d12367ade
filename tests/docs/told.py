"""What a page tells a reader to type, and what it says comes of it."""

from __future__ import annotations

import re
from dataclasses import dataclass

BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# What differs from machine to machine; the page says so to its reader.
_VARIES = re.compile(
    r"(?P<id>\b(?=[0-9a-f]*[0-9])[0-9a-f]{7,40}\b)|(?P<date>\d{4}-\d\d-\d\d(?: \d\d:\d\d)?)"
    r"|(?P<took>\b\d+ s\b)|(?P<day>\b\d{1,2} (?:January|February|March|April|May|June|July|August"
    r"|September|October|November|December)\b)|(?P<any>…)"
)
_LIKE = {
    "date": r"\d{4}-\d\d-\d\d(?: \d\d:\d\d)?",
    "took": r"\d+ s",
    "day": r"\d{1,2} [A-Z][a-z]+",
    "any": r".*",
}


@dataclass(frozen=True)
class Step:
    """A command as typed, and the output shown; where in the page that output is."""

    command: str
    shown: str
    span: tuple[int, int]


def steps(page: str) -> list[Step]:
    """All commands of a page, in order."""
    return [one for block in BLOCK.finditer(page) for one in _in_block(page, *block.span(1))]


def _in_block(page, start, end):
    at, found = start, []
    for line in page[start:end].splitlines(keepends=True):
        if line.startswith("$ "):
            found.append([line[2:], at + len(line), at + len(line)])
        elif line.startswith(">") and found and found[-1][1] == found[-1][2]:
            found[-1][0] += line[2:] if line.startswith("> ") else "\n"
            found[-1][1] = found[-1][2] = at + len(line)
        else:
            found[-1][2] = at + len(line)
        at += len(line)
    return [Step(command, page[a:b], (a, b)) for command, a, b in found]


class Ids:
    """Which commit of ours stands for which of the page: always the same one."""

    def __init__(self):
        self.ours: dict[str, str] = {}

    def differ(self, shown: str, real: str) -> str | None:
        """Where what is shown is not what came, or None."""
        expected, came = shown.splitlines(), real.splitlines()
        if len(expected) != len(came):
            return f"{len(expected)} lines are shown, {len(came)} came:\n{real}"
        for one, other in zip(expected, came, strict=True):
            if not self._same(one, other):
                return f"shown: {one}\ncame:  {other}"
        return None

    def _same(self, shown, real):
        told, pattern, at = [], "", 0
        for found in _VARIES.finditer(shown):
            pattern += re.escape(shown[at : found.start()])
            at = found.end()
            if found["id"]:
                told.append(found["id"])
                pattern += f"([0-9a-f]{{{len(found['id'])}}})"
            else:
                pattern += _LIKE[found.lastgroup]
        match = re.fullmatch(pattern + re.escape(shown[at:]), real)
        return bool(match) and all(
            self.ours.setdefault(a[:7], b[:7]) == b[:7]
            for a, b in zip(told, match.groups(), strict=True)
        )
