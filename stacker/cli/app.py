"""The command line: all commands in their families, and `main`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import typer

from stacker import __version__, wiring
from stacker.cli import carry, everyday, hubbing, looking, setup, trying, verifying
from stacker.cli.context import finish, options_from
from stacker.errors import ExitCode, UsageError
from stacker.render.terminal import Answer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_DAILY, _LOOK, _SHARE, _BACK, _TRY = (
    "Every day", "Look", "Set up and share", "Go back", "Upstream, try",
)  # fmt: skip

_EPILOG = (
    "Everywhere: -C DIR (the series directory), --json (one document on stdout), "
    "-q (only errors), --no-fetch (do not ask upstream)."
)


def build() -> typer.Typer:
    """The application, each command in its family."""
    app = typer.Typer(
        name="stacker", no_args_is_help=True, add_completion=True, rich_markup_mode=None,
        pretty_exceptions_enable=False, epilog=_EPILOG,
        help="Keep a patch series alive and carry it upstream.",
    )  # fmt: skip
    families: dict[str, list[tuple[str, Callable[..., Answer]]]] = {
        _DAILY: [
            ("status", looking.status),
            ("rebase", everyday.rebase),
            ("resolve", everyday.resolve),
            ("verify", verifying.verify),
            ("submit", carry.submit),
            ("land", carry.land),
        ],
        _LOOK: [],
        _BACK: [("undo", everyday.undo)],
        _SHARE: [
            ("init", setup.init),
            ("import", setup.import_),
            ("doctor", looking.doctor),
        ],
        _TRY: [
            ("gate", carry.gate),
            ("demo", trying.demo),
        ],
    }
    for family, commands in families.items():
        for name, command in commands:
            app.command(name, rich_help_panel=family)(command)
    app.add_typer(hubbing.hub, name="hub", rich_help_panel=_TRY)
    app.callback()(_everywhere)
    return app


def _everywhere(
    _version: bool = typer.Option(
        False, "--version", is_eager=True, callback=lambda asked: _print_version(asked=asked),
        help="Print the version.",
    ),
) -> None:  # fmt: skip
    """What holds for every command."""


def _print_version(*, asked: bool) -> None:
    if asked:
        sys.stdout.write(f"stacker {__version__}\n")
        raise typer.Exit


def run(arguments: Sequence[str]) -> int:
    """Run one command line; returns the exit code, prints everything else."""
    options, rest = options_from(arguments)

    def command() -> Answer | None:
        try:
            answer: Any = typer.main.get_command(build()).main(
                rest, prog_name="stacker", standalone_mode=False, obj=options
            )
        except typer.TyperException as exc:
            told = getattr(exc, "format_message", None)
            message = told() if told else str(exc)
            context = getattr(exc, "ctx", None)
            hint = context.get_usage() if context else "See stacker --help."
            raise UsageError(message, hint=hint) from exc
        except typer.Abort as exc:
            raise KeyboardInterrupt from exc
        if answer == ExitCode.INTERRUPTED:  # typer turns Ctrl-C into a plain return
            raise KeyboardInterrupt
        return answer if isinstance(answer, Answer) else None

    return finish(options, command)


def main() -> None:
    """The `stacker` script."""
    wiring.seal()
    sys.exit(run(sys.argv[1:]))
