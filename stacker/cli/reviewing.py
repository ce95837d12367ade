"""`review`: one stage, to be read."""

from __future__ import annotations

from typing import Annotated

import typer

from stacker import settings, wiring
from stacker.cli.context import Options
from stacker.render import review as rendering
from stacker.render.terminal import Answer
from stacker.review import flow
from stacker.series.lock import Lock, parse
from stacker.status.gather import gather


def review(
    context: typer.Context,
    stage: Annotated[str, typer.Argument(help="Its id, or #N: its pull request.")],
) -> Answer:
    """Show one stage: its own change, its evidence, what it needs and lands with."""
    options: Options = context.obj
    with wiring.offline(options.folder) as here:
        status = gather(
            here.directory, here.plan, here.work, settings.environment(), settings.now()
        )
        stage_id = flow.stage_named(here.plan, status, stage)
        raw = here.directory.read("series.lock")
        line = (parse(raw) if raw is not None else Lock()).stage(stage_id)
        text = here.directory.read(f"series/{stage_id}.md") or b""
        store = here.work.store.git if here.work else None
        found = flow.review(status, stage_id, line, store, text)
    branches = {one.repository: one.branch for one in status.upstreams}
    words = rendering.review_text(found, branches[found.stage.repository])
    return Answer(rendering.review_document(found), words)
