"""`hub`: the forge in a box, served for as long as somebody needs it."""

from __future__ import annotations

import signal
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stacker import wiring
from stacker.cli.context import Options
from stacker.errors import SeriesError, UsageError
from stacker.hub import server
from stacker.hub.faults import reading
from stacker.hub.server import User
from stacker.render.terminal import Answer

if TYPE_CHECKING:
    from types import FrameType


_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_GLANCE = 0.5  # seconds; Windows hears Ctrl-C only between two of them

hub = typer.Typer(no_args_is_help=True, help="The forge in a box.", rich_markup_mode=None)


@hub.callback()
def _hub() -> None:
    """The forge in a box."""


@hub.command()
def serve(
    context: typer.Context,
    root: Annotated[
        Path | None, typer.Option(help="Its folder. Default: .stacker/hub of this series.")
    ] = None,
    port: Annotated[int, typer.Option(help="0 takes a free one.")] = 0,
    user: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME:TOKEN", help="Somebody who may come; throw-away tokens only."),
    ] = None,
    users: Annotated[Path | None, typer.Option(metavar="FILE", help="Lines of NAME:TOKEN.")] = None,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    faults: Annotated[
        Path | None, typer.Option(metavar="FILE", help="What is to go wrong; see docs/hub.md.")
    ] = None,
) -> Answer | None:
    """Serve bare repositories as GitHub would, until Ctrl-C or SIGTERM."""
    options: Options = context.obj
    if user and host not in _LOOPBACK:
        raise UsageError(
            "a token in a command line can be read by everybody on this machine",
            hint="Give it in a file: `--users FILE`; or listen on 127.0.0.1 only.",
        )
    people = [_user(text, "--user") for text in user or ()]
    people += _listed(options.folder / users) if users else []
    _check_unique(people)
    rules = reading.read(options.folder / faults) if faults else []
    options.if_interrupted = "Stopped; the repositories stay as they are."
    asked_to_end = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        asked_to_end.set()

    before = signal.signal(signal.SIGTERM, end)
    try:
        with server.start(_root(options, root), people, port, host, faults=rules) as running:
            ready = {"url": running.url, "api": running.api, "root": str(running.root)}
            options.terminal.ready(ready, f"Serving {running.root} at {running.url}")
            while not asked_to_end.wait(_GLANCE):
                pass
    finally:
        signal.signal(signal.SIGTERM, before)
    return None


def _root(options: Options, root: Path | None) -> Path:
    if root is not None:
        return options.folder / root
    try:
        return wiring.directory(options.folder).state / "hub"
    except SeriesError as exc:
        raise UsageError("where are the repositories?", hint="Say it: `--root DIR`.") from exc


def _listed(file: Path) -> list[User]:
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as exc:
        raise UsageError(f"{file} cannot be read", hint="It has lines of NAME:TOKEN.") from exc
    found = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    return [_user(line, f"{file.name}, entry {n}") for n, line in enumerate(found, 1)]


def _user(text: str, where: str) -> User:
    """`NAME:TOKEN`, and for a fine-grained token its repositories behind it.

    What was given is not repeated in the error, for it may hold a token.
    """
    first, *only = text.split() or [""]
    name, colon, token = first.partition(":")
    if not name or not colon or not token or not all("/" in one for one in only):
        raise UsageError(f"{where}: not NAME:TOKEN", hint="For example: `--user alice:secret1`.")
    return User(name, token, tuple(only) or None)


def _check_unique(people: list[User]) -> None:
    if len({one.token for one in people}) < len(people):
        raise UsageError("two users have the same token", hint="A token says who somebody is.")
