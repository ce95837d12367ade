"""The whole command line as typer understands it: all commands, their help, and mistakes."""

from __future__ import annotations

from functools import cache, partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

import typer

from stacker.cli.quick import print_version
from stacker.errors import ExitCode, UsageError
from stacker.render.terminal import Answer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from stacker.cli.context import Options

_DAILY, _LOOK, _SHARE, _BACK, _TRY = (
    "Every day", "Look", "Set up and share", "Go back", "Upstream, try",
)  # fmt: skip

_EPILOG = (
    "Everywhere: -C DIR (the series directory), --json (one document on stdout), "
    "-q (only errors), -v (errors with their causes), --no-fetch (do not ask upstream)."
)


# name -> (family, module, function); a module is loaded when one of its commands is wanted.
_COMMANDS = {
    "status": (_DAILY, "looking", "status"),
    "rebase": (_DAILY, "everyday", "rebase"),
    "resolve": (_DAILY, "resolving", "resolve"),
    "edit": (_DAILY, "editing", "edit"),
    "refresh": (_DAILY, "editing", "refresh"),
    "verify": (_DAILY, "verifying", "verify"),
    "submit": (_DAILY, "carry", "submit"),
    "land": (_DAILY, "carry", "land"),
    "forecast": (_LOOK, "forecasting", "forecast"),
    "landed": (_LOOK, "landing", "landed"),
    "review": (_LOOK, "reviewing", "review"),
    "log": (_LOOK, "past", "log"),
    "report": (_LOOK, "reporting", "report"),
    "undo": (_BACK, "everyday", "undo"),
    "init": (_SHARE, "setup", "init"),
    "import": (_SHARE, "importing", "import_"),
    "export": (_SHARE, "exporting", "export"),
    "sync": (_SHARE, "sharing", "sync"),
    "doctor": (_SHARE, "looking", "doctor"),
    "gate": (_TRY, "gating", "gate"),
    "demo": (_TRY, "trying", "demo"),
    "hub": (_TRY, "hubbing", "hub"),
}


def build(wanted: str | None = None) -> typer.Typer:
    """The application: the command `wanted` alone where that is one, else all, by families."""
    app = typer.Typer(
        name="stacker", no_args_is_help=True, add_completion=True, rich_markup_mode=None,
        pretty_exceptions_enable=False, epilog=_EPILOG,
        help="Keep a patch series alive and carry it upstream.",
    )  # fmt: skip
    app.callback()(_everywhere)
    for name in [wanted] if wanted in _COMMANDS else [] if wanted == "--version" else _COMMANDS:
        family, module, function = _COMMANDS[name]
        command = getattr(import_module(f"stacker.cli.{module}"), function)
        if isinstance(command, typer.Typer):
            app.add_typer(command, name=name, rich_help_panel=family)
        else:
            app.command(name, rich_help_panel=family)(command)
    return app


def _everywhere(
    _version: bool = typer.Option(
        False, "--version", is_eager=True, callback=lambda asked: _version_asked(asked=asked),
        help="Print the version.",
    ),
) -> None:  # fmt: skip
    """What holds for every command."""


def _version_asked(*, asked: bool) -> None:
    if asked:
        print_version()
        raise typer.Exit


@cache
def _made(wanted: str | None) -> Callable[..., Any]:
    """What runs it; made once by a process that runs many."""
    command: Any = typer.main.get_command(build(wanted))
    return partial(command.main, prog_name="stacker", standalone_mode=False)


def call(words: Sequence[str], options: Options) -> Answer | None:
    """Find the command that the words name, and call it; raises `UsageError` for a mistake."""
    try:
        answer = _made(next(iter(words), None))(words, obj=options)
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
