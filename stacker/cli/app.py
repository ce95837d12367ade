"""The command line, from the arguments to the exit code."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from stacker import settings
from stacker.cli import quick
from stacker.cli.context import finish, options_from

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stacker.render.terminal import Answer


def run(arguments: Sequence[str]) -> int:
    """Run one command line; returns the exit code, prints everything else."""
    options, words = options_from(arguments)

    def command() -> Answer | None:
        plain = quick.read(words)
        if plain is not None:
            return plain(options)
        from stacker.cli import parser  # noqa: PLC0415 - takes longer to load than a rebase

        return parser.call(words, options)

    return finish(options, command)


def main() -> None:
    """The `stacker` script."""
    settings.seal()
    sys.exit(run(sys.argv[1:]))
