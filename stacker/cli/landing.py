"""`landed`: what upstream has of the series."""

from __future__ import annotations

from typing import Annotated

import typer

from stacker.cli.context import Options
from stacker.cli.rebasing import targets
from stacker.landed import flow as looking
from stacker.landed.flow import LandedRequest
from stacker.render.landed import landed_document, landed_text
from stacker.render.terminal import Answer


def landed(
    context: typer.Context,
    stages: Annotated[list[str] | None, typer.Argument(help="Default: all of them.")] = None,
    onto: Annotated[
        list[str] | None, typer.Option(metavar="[REPO=]REV", help="Default: upstream's tip.")
    ] = None,
) -> Answer:
    """What upstream has of each stage, whole or in part; which commits, in which release."""
    options: Options = context.obj
    with options.workspace() as work:
        request = LandedRequest(tuple(stages or ()), targets(onto or ()), fetch=options.fetch)
        found = looking.landed(work, request, options.terminal.told)
        repository = work.plan.default_repository.name
        branch = work.upstreams[repository].branch or "upstream"
    return Answer(landed_document(found, repository), landed_text(found, repository, branch))
