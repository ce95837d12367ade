"""`export`: the series in another form."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from stacker.cli.context import Options
from stacker.errors import UsageError
from stacker.export import flow
from stacker.export.value import Branch, ExportRequest, Mbox, PatchFolder, Quilt, Target
from stacker.render import export as texts
from stacker.render.terminal import Answer

_FORMS = "choose one of --mbox, --branch with --to, --quilt, --patches"


def export(
    context: typer.Context,
    stages: Annotated[
        list[str] | None, typer.Argument(help="Default: all. What they need goes with them.")
    ] = None,
    mbox: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Mails in one file, for git am.")
    ] = None,
    branch: Annotated[
        str | None, typer.Option(metavar="NAME", help="A branch in the clone --to.")
    ] = None,
    to: Annotated[
        Path | None, typer.Option(metavar="CLONE", help="The clone that gets the branch.")
    ] = None,
    quilt: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Patches and a series file, -p1.")
    ] = None,
    patches: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Numbered patch files, for git am.")
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Replace what is there, or move the branch.")
    ] = False,
) -> Answer:
    """Give patches away: as mails, a plain branch, a quilt directory or files."""
    options: Options = context.obj
    here = options.folder
    targets: list[Target] = []
    targets += [Mbox(here / mbox)] if mbox else []
    targets += [Quilt(here / quilt)] if quilt else []
    targets += [PatchFolder(here / patches)] if patches else []
    if (branch is None) != (to is None):
        raise UsageError("--branch and --to belong together", hint="--branch NAME --to CLONE")
    targets += [Branch(branch, here / to)] if branch is not None and to is not None else []
    if len(targets) != 1:
        raise UsageError(_FORMS)
    request = ExportRequest(tuple(stages or ()), targets[0], force)
    with options.workspace() as work:
        done = flow.export(work, request, options.terminal.told)
    return Answer(texts.export_document(done), texts.export_text(done))
