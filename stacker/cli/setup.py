"""`init`: make a series directory."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from stacker import settings, wiring
from stacker.cli.context import Options
from stacker.errors import UsageError
from stacker.initialise.flow import InitRequest, initialise
from stacker.render import documents
from stacker.render.terminal import Answer
from stacker.series.plan.model import DEMO_FORGE
from stacker.series.plan.upstream import UpstreamKind, upstream_kind


def init(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder to make.")],
    upstream: Annotated[str, typer.Option(help="OWNER/NAME on the forge, a URL, or a path.")],
    branch: Annotated[str | None, typer.Option(help="Default: the upstream's HEAD.")] = None,
    fork: Annotated[str | None, typer.Option(help="OWNER/NAME that branches go to.")] = None,
    name: Annotated[str | None, typer.Option(help="Default: the folder's name.")] = None,
    clone: Annotated[
        Path | None, typer.Option(help="An existing clone to read objects from; not changed.")
    ] = None,
    forge: Annotated[str | None, typer.Option(help="Default: https://github.com.")] = None,
) -> Answer:
    """Make a series directory for an upstream repository."""
    options: Options = context.obj
    target = options.folder / folder
    kind = upstream_kind(upstream)
    if kind is None and Path(upstream).is_dir():
        kind = UpstreamKind.PATH
    url, written, credential = upstream, upstream, None
    if kind is UpstreamKind.PATH:
        url = written = Path(upstream).expanduser().resolve().as_posix()
    elif kind is UpstreamKind.FORGE:
        if forge == DEMO_FORGE:
            raise UsageError("the demo's forge has its own series: run `stacker demo`")
        site = wiring.site(settings.forge_override() or forge)
        url, credential = f"{site.url}/{upstream}.git", site.credential
    request = InitRequest(
        folder=target, upstream=written, url=url, branch=branch, fork=fork, name=name,
        clone=clone, forge=forge, credential=credential,
    )  # fmt: skip
    terminal = options.terminal
    options.if_interrupted = "Interrupted; nothing was made."
    result = initialise(request, settings.now(), terminal.told, terminal.say)
    text = (
        f"Made {result.folder} for {upstream} {result.branch} ({result.tip[:10]}).\n"
        f"Next: stacker -C {folder} import BASE..TIP --from CLONE --stage-per-commit"
    )
    return Answer(documents.initialised(result), text)
