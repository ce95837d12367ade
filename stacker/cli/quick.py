"""The plain forms of the commands that are run most, read without the parser of all others.

What is not written in one of these forms, help and mistakes included, is left to that parser;
what is means the same to both.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from stacker import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from stacker.cli.context import Options
    from stacker.render.terminal import Answer

    Command = Callable[[Options], Answer | None]

_BEGIN = """\
  stacker init DIR --upstream OWNER/NAME|URL|PATH   make one
  stacker demo                                      see a whole life of one
  stacker --help                                    all commands
  stacker help words                                what the words mean"""
_SWITCHES = ("--fetch", "--abort", "--continue")


def read(words: Sequence[str]) -> Command | None:
    """The command that the words name; `None` when they have no plain form."""
    match words:
        case []:
            return _where_it_stands
        case ["complete", shell, "--", *line]:
            return lambda options: complete(options, shell, line)
        case ["--version"]:
            return lambda _: print_version()
        case ["rebase", *more]:
            return _rebase(more)
        case _:
            return None


def print_version() -> None:
    """Say which stacker this is."""
    sys.stdout.write(f"stacker {__version__}\n")


def complete(options: Options, shell: str, line: Sequence[str]) -> None:
    """Say what a shell may put in place of the last word."""
    from stacker.completion.answering import answer  # noqa: PLC0415 - only for the Tab key

    sys.stdout.write(answer(shell, line, options.folder))


def _where_it_stands(options: Options) -> Answer | None:
    """A command line without a command: `status` in a series, else how to begin."""
    from stacker.errors import SeriesError  # noqa: PLC0415 - as above
    from stacker.render.terminal import Answer  # noqa: PLC0415 - as above
    from stacker.series.directory import SeriesDirectory  # noqa: PLC0415 - as above

    try:
        SeriesDirectory.find(options.folder)
    except SeriesError as absent:
        if options.json_only:
            raise
        return Answer({}, f"{absent.message}\n{_BEGIN}")
    from stacker.cli import looking  # noqa: PLC0415 - takes long to load

    return looking.where_it_stands(options)


def _rebase(words: Sequence[str]) -> Command | None:
    onto: list[str] = []
    switches: set[str] = set()
    waiting = iter(words)
    for word in waiting:
        name, given, value = word.partition("=")
        if word in _SWITCHES:
            switches.add(word)
        elif name == "--onto":
            revision = value if given else next(waiting, "-")
            if revision.startswith("-"):  # perhaps an option, or nothing at all
                return None
            onto.append(revision)
        else:
            return None
    return lambda options: _rebased(options, onto, switches)


def _rebased(options: Options, onto: Sequence[str], switches: Collection[str]) -> Answer:
    if not (onto or switches) and options.fetch:
        from stacker.cli import idle  # noqa: PLC0415 - the version needs none of it

        return idle.rebase(options)
    from stacker.cli import rebasing  # noqa: PLC0415 - takes long to load

    return rebasing.rebase(
        options,
        onto=onto,
        afresh="--fetch" in switches,
        abort="--abort" in switches,
        go_on="--continue" in switches,
    )
