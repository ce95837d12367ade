"""`sync`: the team, and one person's several machines."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from stacker import settings, wiring
from stacker.cli.context import Options
from stacker.errors import ExitCode, StackerError
from stacker.render.sync import sync_document, sync_text
from stacker.render.terminal import Answer
from stacker.series.plan.upstream import UpstreamKind
from stacker.status.reading import read_pulls
from stacker.sync import flow as syncing
from stacker.sync.flow import SyncRequest

if TYPE_CHECKING:
    from stacker.git.transfer import Told
    from stacker.series.directory import SeriesDirectory
    from stacker.series.plan.model import Plan


def sync(
    context: typer.Context,
    dry_run: Annotated[bool, typer.Option(help="Say what would come and go.")] = False,
) -> Answer:
    """Fetch upstream, home and forge; merge; let home have what is ours."""
    options: Options = context.obj
    with options.workspace() as work:
        home = wiring.home(work.plan, work.directory)
        request = SyncRequest(home, partial(wiring.upstreams, work), options.fetch, dry_run)
        done = syncing.sync(work, request, options.terminal.told)
    notes = () if dry_run else _read_forge(work.directory, work.plan, options.terminal.told)
    code = ExitCode.CONFLICT if done.stopped or done.clashes else ExitCode.DONE
    return Answer(
        sync_document(done, notes, dry_run=dry_run), sync_text(done, notes, dry_run=dry_run), code
    )


def _read_forge(directory: SeriesDirectory, plan: Plan, told: Told) -> tuple[str, ...]:
    """Remember what the forge says; what cannot be read is said, and no reason to fail."""
    if not any(one.kind is UpstreamKind.FORGE for one in plan.repositories):
        return ()
    try:
        with wiring.forge_of(plan, directory, told) as forge:
            if forge is None:
                return ("there is no token for the forge: pull requests were not read",)
            missing = read_pulls(directory, plan, forge, settings.now())
    except StackerError as exc:
        return (f"pull requests were not read: {exc.message}",)
    return tuple(f"the forge shows no {one}" for one in missing)
