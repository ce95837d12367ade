"""A quilt directory's `series` file: which patches there are, in which order, how each applies."""

from __future__ import annotations

import re
from dataclasses import dataclass

from stacker.errors import UsageError
from stacker.series.patches.lines import Lines

_OPTION = re.compile(r"-p\s*(\d|ab)|-R|--reverse")


@dataclass(frozen=True, slots=True)
class Listed:
    """A patch of the series, by its name in the directory."""

    name: str
    how: Lines


def read_order(text: str) -> tuple[Listed, ...]:
    """The patches in order; raises `UsageError` for a line that cannot be followed for certain."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        said, _, comment = line.partition("#") if line.startswith("#") else _parted(line)
        if comment.startswith(("+", "-")) or said.startswith(("+", "-")):
            raise UsageError(
                f"series:{number}: {line.strip()[:60]!r} is a guard: whether that patch is applied "
                "depends on who asks",
                hint="Write a series file with just the patches that are wanted, without guards.",
            )
        if said.strip():
            found.append(_listed(said.strip(), number))
    return tuple(found)


def _parted(line: str) -> tuple[str, str, str]:
    """What a line says, and its comment: a `#` within a name is part of that."""
    mark = re.search(r"(?:^|\s)#", line)
    return (line[: mark.start()], "#", line[mark.end() :]) if mark else (line, "", "")


def _listed(said: str, number: int) -> Listed:
    name, _, rest = said.partition(" ") if " " in said else said.partition("\t")
    how, rest = Lines(), rest.strip()
    while rest:
        option = _OPTION.match(rest)
        if option is None:
            raise UsageError(
                f"series:{number}: {rest[:60]!r} behind {name!r} is not understood",
                hint="Known are -p0, -p1 and so on, -pab, and -R.",
            )
        if option[0].startswith("-p"):
            how = how._replace(strip=1 if option[1] == "ab" else int(option[1]))
        else:
            how = how._replace(reverse=True)
        rest = rest[option.end() :].strip()
    return Listed(name, how)
