"""What is wrong in a file that a person wrote: found at its place, shown with a caret."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from functools import cached_property
from typing import TYPE_CHECKING

from stacker.errors import PlanError, Problem
from stacker.series.plan.naming import unseen

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path as FilePath

    from stacker.series.plan.toml_places import Path, Place

_BARE = r"[A-Za-z0-9_-]+"
_BEFORE_HOST = r"(?<=://)[^/@\s\"']*(?=@)"
_WIDEST_SOURCE = 160
_MOST_HELPED = 200
_AT = r" \(at (?:line (\d+), column (\d+)|end of document)\)$"


class Source:
    """A text with `\\n` line ends, and the name of its file."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text
        self._shown: dict[int, str] = {}  # a line may hold thousands of problems

    @cached_property
    def places(self) -> Mapping[Path, Place]:
        """The places of the keys of a valid TOML text; looked for when there is a problem."""
        from stacker.series.plan.toml_places import toml_places  # noqa: PLC0415 - seldom needed

        return toml_places(self.text)

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(found.end() for found in re.finditer("\n", self.text))]

    def problem(self, offset: int, key: str, message: str) -> Problem:
        """A problem at an offset of the text."""
        line = bisect_right(self._starts, offset)
        column = offset - self._starts[line - 1] + 1
        return Problem(self.file, line, column, key, _masked(message), self._line(line))

    def _line(self, line: int) -> str:
        if line not in self._shown:
            end = self._starts[line] - 1 if line < len(self._starts) else len(self.text)
            self._shown[line] = _masked(self.text[self._starts[line - 1] : end])
        return self._shown[line]


class Report:
    """Collects the problems of one source; nothing is decided before all are in."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.problems: list[Problem] = []

    def add(
        self, path: Path, message: str, *, way_out: str | None = None, key: bool = False
    ) -> None:
        """A problem with the value (or the `key`) at `path`, or at what is nearest around it.

        `way_out` says what to write instead; it becomes the last line of the message.
        """
        known = path
        while known and known not in self.source.places:
            known = known[:-1]
        place = self.source.places.get(known)
        offset = (place.key if key else place.value) if place else 0
        whole = f"{message}\n{way_out}" if way_out else message
        self.problems.append(self.source.problem(offset, dotted(path), whole))

    @property
    def helps(self) -> bool:
        """Whether to look for what was meant: that takes long, and nobody reads it a second time
        for the thousandth problem."""
        return len(self.problems) < _MOST_HELPED

    def close(self) -> None:
        """Raises `PlanError` with all problems in the order of their lines, if there are any."""
        if self.problems:
            raise not_a_plan(self.source.file, self.problems)


def _masked(text: str) -> str:
    """Text without what stands before the host of a URL, each character replaced by `*`."""
    return re.sub(_BEFORE_HOST, lambda found: "*" * len(found.group()), text)


def not_a_plan(file: str, problems: list[Problem]) -> PlanError:
    """The error that carries all problems of a plan, each once, in the order of their lines."""
    where = tuple(sorted(dict.fromkeys(problems), key=lambda p: (p.line, p.column)))
    number = "1 problem" if len(where) == 1 else f"{len(where)} problems"
    return PlanError(
        f"{_shown(file)} has {number}", hint="correct the plan; nothing was changed", where=where
    )


def syntax_problem(source: Source, error: str) -> Problem:
    """The reader of TOML tells the place in its message only."""
    found = re.search(_AT, error)
    message = error[: found.start()] if found else error
    if found and found[1]:
        lines = source.text.split("\n")
        before = sum(len(line) + 1 for line in lines[: int(found[1]) - 1])
        return source.problem(before + int(found[2]) - 1, "", message)
    return source.problem(len(source.text.rstrip("\n")) if found else 0, "", message)


def no_text(file: FilePath, message: str, hint: str) -> PlanError:
    """The error for a file of which no line can be shown."""
    return PlanError(f"{_shown(str(file))} {message}", hint=hint)


def dotted(path: Path) -> str:
    """A path as a person writes it: `stages[4].needs`; the element of a plain array is left out."""
    while len(path) > 2 and isinstance(path[-1], int):
        path = path[:-1]
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            name = part if re.fullmatch(_BARE, part) else _quoted(part)
            text += f".{name}" if text else name
    return text


def _quoted(name: str) -> str:
    import json  # noqa: PLC0415 - seldom needed

    return json.dumps(name, ensure_ascii=False)


def format_problem(problem: Problem) -> str:
    """The problem in plain text: place, key and message; its line; a caret with the way out."""
    message, _, way_out = problem.message.partition("\n")
    where = f"{_shown(problem.file)}:{problem.line}:{problem.column}"
    head = (
        f"{where}  {_shown(problem.key)}: {_shown(message)}"
        if problem.key
        else (f"{where}  {_shown(message)}")
    )
    if not problem.source.strip():
        return "\n".join([head, f"    {_shown(way_out)}"] if way_out else [head])
    source, column = _window(problem.source, problem.column - 1)
    before = " " * sum(_width(char) for char in source[:column])
    caret = f"    {before}^ {_shown(way_out)}".rstrip()
    return "\n".join([head, f"    {source.rstrip()}", caret])


def _window(source: str, column: int) -> tuple[str, int]:
    """The part of a line around a column that fits a screen, one cell a strange character."""
    start = max(0, column - _WIDEST_SOURCE // 2) if len(source) > _WIDEST_SOURCE else 0
    part = source[start : start + _WIDEST_SOURCE]
    seen = "".join(" " if char == "\t" else "\ufffd" if unseen(char) else char for char in part)
    return seen, column - start


def _width(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in {"W", "F"} else 1


def _shown(text: str) -> str:
    """Text in which what a terminal would obey, or what turns text around, is spelled out."""
    return "".join(f"\\u{{{ord(char):x}}}" if unseen(char) else char for char in text)
