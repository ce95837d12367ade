"""`submit`, `land`, `gate`: the series goes upstream."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from stacker import wiring
from stacker.cli.context import Options
from stacker.errors import ExitCode
from stacker.gate import flow as gating
from stacker.land import flow as landing
from stacker.land.flow import Hands, LandRequest
from stacker.render import forge as rendering
from stacker.render.land import gate_document, gate_text, land_code, land_document, land_text
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


def land(
    context: typer.Context,
    stage: Annotated[str | None, typer.Argument(help="A stage that is in no group.")] = None,
    group: Annotated[str | None, typer.Option(help="All members of this group, or none.")] = None,
    take_over: Annotated[bool, typer.Option(help="Break the lock of a dead landing.")] = False,
    dry_run: Annotated[bool, typer.Option(help="Say whether it could land; land nothing.")] = False,
) -> Answer:
    """Bring a stage or a whole group upstream by one update of the branch."""
    options: Options = context.obj
    request = LandRequest(
        stage=stage, group=group, take_over=take_over, dry_run=dry_run,
        environment=wiring.environment(), python=sys.executable,
    )  # fmt: skip
    with options.desk() as desk:
        hands = Hands(desk.work, desk.forge, desk.place, options.terminal.told)
        result = landing.land(hands, request)
    return Answer(
        land_document(result), land_text(result, group or stage or ""), land_code(result)
    )


def gate(
    context: typer.Context,
    group: Annotated[str | None, typer.Option(help="Default: every group.")] = None,
    dry_run: Annotated[bool, typer.Option(help="Say what would be reported.")] = False,
) -> Answer:
    """Report on each pull request that a member of a group may not be merged alone."""
    options: Options = context.obj
    with options.desk() as desk:
        verdicts = gating.gate(desk.work, desk.forge, group, dry_run=dry_run)
    return Answer(gate_document(verdicts), gate_text(verdicts))
