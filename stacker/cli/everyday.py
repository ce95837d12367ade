"""`rebase`, `undo`: the porter's day."""

from __future__ import annotations

from typing import Annotated

import typer

from stacker import undo as undoing
from stacker.cli import rebasing
from stacker.cli.context import Options
from stacker.cli.naming import version_number
from stacker.render.terminal import Answer


def rebase(
    context: typer.Context,
    onto: Annotated[
        list[str] | None, typer.Option(metavar="[REPO=]REV", help="Default: upstream's tip.")
    ] = None,
    fetch: Annotated[
        bool, typer.Option("--fetch", help="Ask upstream anew for the target.")
    ] = False,
    abort: Annotated[bool, typer.Option("--abort", help="Forget a rebase that stopped.")] = False,
    continue_: Annotated[
        bool, typer.Option("--continue", help="The same as `resolve --done`.")
    ] = False,
) -> Answer:
    """Put the series on upstream's tip; with a conflict nothing moves."""
    return rebasing.rebase(context.obj, onto=onto or (), afresh=fetch, abort=abort, go_on=continue_)


def undo(
    context: typer.Context,
    to: Annotated[str | None, typer.Option(metavar="vN", help="Default: the one before.")] = None,
) -> Answer:
    """Go back to an earlier version of the series; undoable itself."""
    options: Options = context.obj
    number = None if to is None else version_number(to)
    with options.workspace() as work:
        done = undoing.undo(work, number)
    kept = "What was edited by hand is kept as an operation before it.\n" if done.edits_kept else ""
    text = f"{kept}v{done.before} -> v{done.now}; `stacker undo` again takes that back."
    document = {"before": done.before, "version": done.now, "edits_kept": done.edits_kept}
    return Answer(document, text)
