"""The command line, from the arguments to the exit code."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from stacker import settings
from stacker.cli import quick
from stacker.cli.context import finish, options_from
from stacker.render.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stacker.cli.context import Options
    from stacker.render.terminal import Answer

# What tells of settings that cannot be read goes on without them.
_WHATEVER_IS_SET = (["--version"], ["doctor"])


def run(arguments: Sequence[str]) -> int:
    """Run one command line; returns the exit code, prints everything else."""
    options, words = options_from(arguments)

    def command() -> Answer | None:
        if words[:1] not in _WHATEVER_IS_SET and Terminal.is_seen():
            _colour(options)
        plain = quick.read(words)
        if plain is not None:
            return plain(options)
        from stacker.cli import parser  # noqa: PLC0415 - takes longer to load than a rebase

        return parser.call(words, options)

    return finish(options, command)


def _colour(options: Options) -> None:
    if not options.preferences.colour().value:
        settings.no_colour()


def main() -> None:
    """The `stacker` script."""
    settings.seal()
    sys.exit(run(sys.argv[1:]))
