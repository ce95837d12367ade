"""`log`: the versions of the series, and how two of them differ."""

from __future__ import annotations

from typing import Annotated

import typer

from stacker import settings, wiring
from stacker.cli.context import Options
from stacker.cli.naming import version_number
from stacker.errors import SeriesError, UsageError
from stacker.log import flow
from stacker.render import log as texts
from stacker.render.terminal import Answer


def log(
    context: typer.Context,
    stage: Annotated[str | None, typer.Argument(help="With --diff: this stage alone.")] = None,
    diff: Annotated[
        tuple[str, str] | None,
        typer.Option(metavar="vA vB", help="What differs between two versions, and who did it."),
    ] = None,
    most: Annotated[
        int | None, typer.Option("-n", min=1, metavar="N", help="At most the last N steps.")
    ] = None,
) -> Answer:
    """The versions of the series, newest first."""
    options: Options = context.obj
    if stage is not None and diff is None:
        raise UsageError(
            "a stage alone is no question to log",
            hint=f"How it changed: `stacker log --diff v1 v2 {stage}`.",
        )
    if diff is not None and most is not None:
        raise UsageError("choose one of --diff, -n")
    with wiring.offline(options.folder) as here:
        if here.work is None:
            raise SeriesError(
                "this clone has no versions yet, only the one that is committed",
                hint="`stacker rebase` takes it over; `git log series.lock` has older ones.",
            )
        store = here.work.store
        if diff is not None:
            old, new = map(version_number, diff)
            options.terminal.told("comparing versions", 0, 0)
            found = flow.compare(store, old, new, stage)
            text = texts.diff_text(found, whole=stage is not None)
            return Answer(texts.diff_document(found), text, to_read=True)
        options.terminal.told("reading versions", 0, 0)
        told = flow.entries(store, most=most, with_ids=options.json_only)
        default = here.plan.default_repository.name
        me = settings.person(here.directory.root)
    return Answer(texts.log_document(told, default), texts.log_text(told, me))
