"""`submit`, `land`, `gate`: the series goes upstream."""

from __future__ import annotations

from typing import Annotated

import typer

from stacker.cli.context import Options
from stacker.errors import ExitCode
from stacker.render import forge as rendering
from stacker.render.terminal import Answer
from stacker.submit import flow as submitting
from stacker.submit.flow import SubmitRequest


def submit(
    context: typer.Context,
    stages: Annotated[list[str] | None, typer.Argument(help="Default: all of them.")] = None,
    dry_run: Annotated[bool, typer.Option(help="Print the actions; do none.")] = False,
    move_base: Annotated[bool, typer.Option(help="Publish on the newest base.")] = False,
    message: Annotated[str | None, typer.Option("-m", help="What changed, for the mails.")] = None,
) -> Answer:
    """Make the forge's pull requests say what the series says."""
    options: Options = context.obj
    request = SubmitRequest(
        stages=tuple(stages or ()), dry_run=dry_run, move_base=move_base, why=message
    )
    with options.desk() as desk:
        result = submitting.submit(
            desk.work, desk.place, desk.forge, request, options.terminal.told
        )
    code = ExitCode.BLOCKED if result.foreign else ExitCode.DONE
    text = rendering.submit_text(result, dry_run=dry_run)
    return Answer(rendering.submit_document(result), text, code)
