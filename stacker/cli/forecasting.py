"""`forecast`: what a rebase would come to."""

from __future__ import annotations

import shlex
from typing import Annotated

import typer

from stacker.cli.context import Options
from stacker.cli.rebasing import targets
from stacker.errors import ExitCode
from stacker.forecast import flow as forecasting
from stacker.forecast.flow import ForecastRequest
from stacker.render.forecast import forecast_document, forecast_text
from stacker.render.terminal import Answer


def forecast(
    context: typer.Context,
    onto: Annotated[
        list[str] | None, typer.Option(metavar="[REPO=]REV", help="Default: upstream's tip.")
    ] = None,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="End with 3 when a stage would stop.")
    ] = False,
) -> Answer:
    """Would each stage rebase now; if not, which upstream commit broke it first."""
    options: Options = context.obj
    with options.workspace() as work:
        request = ForecastRequest(targets(onto or ()), fetch=options.fetch)
        found = forecasting.forecast(work, request, options.terminal.told)
        repository = work.plan.default_repository.name
        branch = work.upstreams[repository].branch or "upstream"
    command = " ".join(["stacker rebase", *(f"--onto {shlex.quote(rev)}" for rev in onto or ())])
    code = ExitCode.CONFLICT if exit_code and found.conflicts else ExitCode.DONE
    document = forecast_document(found, repository)
    return Answer(document, forecast_text(found, repository, branch, command), code)
