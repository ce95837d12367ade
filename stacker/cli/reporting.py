"""`report`: the series as one HTML page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from stacker import settings, wiring
from stacker.cli.context import Options
from stacker.render.terminal import Answer
from stacker.report import flow


def report(
    context: typer.Context,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="FILE", help="Default: .stacker/report.html."),
    ] = None,
) -> Answer:
    """Write the series as one HTML page that needs nothing else."""
    options: Options = context.obj
    options.terminal.told("reading the series", 0, 0)
    with wiring.offline(options.folder) as here:
        done = flow.report(
            here.directory,
            here.plan,
            here.work,
            settings.environment(),
            settings.now(),
            file=output,
        )
    document = {
        "file": str(done.file), "bytes": done.size, "stages": done.stages,
        "left_out": done.left_out or None,
    }  # fmt: skip
    return Answer(document, f"{done.file}  ({max(1, done.size // 1024)} KB)")
