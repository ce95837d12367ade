"""`review`: one stage, or one pull request, to be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from stacker import forges, settings, wiring
from stacker.cli.context import Options
from stacker.cli.naming import version_number
from stacker.errors import UsageError
from stacker.forge.cache import remember_pulls
from stacker.render import review as rendering
from stacker.render.terminal import Answer
from stacker.review import asking, by_url, flow
from stacker.review.value import SinceMyReview, SinceVersion, Unread
from stacker.series.lock import Lock, parse
from stacker.status.gather import gather

if TYPE_CHECKING:
    from stacker.review.value import SinceWanted
    from stacker.status.value import SeriesStatus, StageStatus
    from stacker.wiring import Offline


def review(
    context: typer.Context,
    stage: Annotated[str, typer.Argument(help="Its id, #N or the URL of its pull request.")],
    since: Annotated[
        str | None,
        typer.Option(
            metavar="vN|my-review",
            help="Show what changed since that version, or since you reviewed it.",
        ),
    ] = None,
) -> Answer:
    """Show one stage: its own change, its evidence, what it needs and lands with."""
    options: Options = context.obj
    wanted = _wanted(since)
    if "://" in stage:
        return _by_url(options, stage, wanted)
    with wiring.offline(options.folder) as here:
        status = _status(here)
        stage_id = flow.stage_named(here.plan, status, stage)
        seen = _seen(options, here, status.stage(stage_id), wanted)
        if not isinstance(seen, Unread):  # where it stands is by the forge's newest word
            remember_pulls(here.directory.state, [seen.pull], settings.now())
            status = _status(here)
        raw = here.directory.read("series.lock")
        clone = flow.Clone(
            lock=parse(raw) if raw is not None else Lock(),
            store=here.work.store if here.work else None,
            text=here.directory.read(f"series/{stage_id}.md") or b"",
        )
        found = flow.review(status, stage_id, clone, wanted, seen)
    branches = {one.repository: one.branch for one in status.upstreams}
    words = rendering.review_text(found, branches[found.stage.repository])
    return Answer(rendering.review_document(found), words, to_read=True)


def _status(here: Offline) -> SeriesStatus:
    return gather(here.directory, here.plan, here.work, settings.environment(), settings.now())


def _wanted(since: str | None) -> SinceWanted | None:
    if since is None:
        return None
    return SinceMyReview() if since == "my-review" else SinceVersion(version_number(since))


def _seen(
    options: Options, here: Offline, stage: StageStatus, since: SinceWanted | None
) -> asking.Seen | Unread:
    """The stage's pull request, if there is one and it may be asked for."""
    if stage.pull is None:
        return Unread("it has no pull request")
    if not options.fetch:
        return Unread("--no-fetch")
    with wiring.forge_of(here.plan, here.directory) as forge:
        return asking.read_if_possible(forge, stage.upstream, stage.pull, since)


def _by_url(options: Options, url: str, since: SinceWanted | None) -> Answer:
    if not options.fetch:
        raise UsageError("a URL is read from the forge", hint="Leave out --no-fetch.")
    where = by_url.address(url)
    with forges.at(where.site, options.folder) as forge:
        found = by_url.review(forge, where, since)
    return Answer(rendering.pull_document(found), rendering.pull_text(found), to_read=True)
