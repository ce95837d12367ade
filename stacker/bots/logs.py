"""What a build wrote, as one text of its steps; and how its last command ended."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import IO, TYPE_CHECKING

from stacker.bots.reading import collection, text, whole
from stacker.bots.values import Results
from stacker.bots.watch import steps_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from stacker.bots.master import Master
    from stacker.bots.values import Build, Step

_PAGE = 5000  # lines
_MOST = 100_000  # lines of one log; what comes before them is left out
_LOGS = 50  # of a step
_EXIT = re.compile(r"hprogram finished with exit code (-?[0-9]{1,10})$")
_SIGNAL = re.compile(r"hprocess killed by signal ([0-9]{1,3})$")
_LATE = re.compile(r"hcommand timed out: ")
_BY_SIGNAL = 128


@dataclass(frozen=True, slots=True)
class Written:
    """How the last command of the first step that failed ended; None where that is not known.

    `code` is 128 + N when signal N ended it. `step` and `said` are that step's name and words;
    `late` says that the worker ended it, for its time.
    """

    code: int | None = None
    late: bool = False
    step: str = ""
    said: str = ""


def write_log(master: Master, build: Build, url: str, path: Path) -> Written:
    """Write what all steps of the build wrote to `path`; how its commands ended."""
    path.parent.mkdir(parents=True, exist_ok=True)
    failing = None
    with path.open("wb") as file:
        _say(file, f"build {build.number} on {build.worker or 'a worker'}: {url}")
        for step in steps_of(master, build):
            _say(file, f"--- {step.name}: {step.said}")
            ended = _write_step(master, step, file)
            if failing is None and step.results not in {Results.SUCCESS, Results.WARNINGS}:
                failing = replace(ended, step=step.name, said=step.said)
    return failing or Written()


def _write_step(master: Master, step: Step, file: IO[bytes]) -> Written:
    answer = master.get("read the logs of a step", f"/steps/{step.id}/logs")
    ended = Written()
    for log in collection(answer, "logs")[:_LOGS]:
        ended = _write_one(master, log, file)
    return ended


def _write_one(master: Master, log: Mapping[str, object], file: IO[bytes]) -> Written:
    """The log of one command: its argv, what it wrote, how it ended.

    In a log of a command each line begins with a letter: h is Buildbot's own word, the rest is the
    command's.
    """
    lines = whole(log, "num_lines")
    of_command = text(log, "type") == "s"
    start = max(0, lines - _MOST)
    ended, argv_said = Written(), not of_command
    if start:
        _say(file, f"stacker: {start} lines are left out here")
    for line in _lines(master, whole(log, "logid"), start, lines):
        if not of_command or not line.startswith("h"):
            _say(file, line[1:] if of_command else line)
            continue
        if not argv_said:
            _say(file, f"$ {line[1:]}")
            argv_said = True
        else:
            ended = _heard(line, ended)
    return ended


def _heard(line: str, before: Written) -> Written:
    """What is known of a command after one more word of Buildbot's own."""
    if _LATE.match(line):
        return replace(before, late=True)
    if found := _SIGNAL.match(line):
        return replace(before, code=_BY_SIGNAL + int(found[1]))
    if (found := _EXIT.match(line)) and int(found[1]) >= 0:
        return replace(before, code=int(found[1]))
    return before


def _lines(master: Master, log: int, start: int, end: int) -> Iterator[str]:
    while start < end:
        query: dict[str, str | int | list[int] | list[str]] = {"offset": start, "limit": _PAGE}
        answer = master.get("read a log", f"/logs/{log}/contents", query)
        said = 0
        for chunk in collection(answer, "logchunks"):
            content = chunk.get("content")
            if isinstance(content, str) and content:
                found = content.removesuffix("\n").split("\n")
                yield from found
                said += len(found)
        if not said:
            return
        start += said


def _say(file: IO[bytes], line: str) -> None:
    file.write(f"{line}\n".encode("utf-8", "backslashreplace"))
