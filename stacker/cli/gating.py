"""`gate`: the check that stops a lone merge, from here or as upstream installs it."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from stacker import wiring
from stacker.cli.context import Options
from stacker.gate import flow as gating
from stacker.gate.action import printing
from stacker.render.gate import gate_code, gate_document, gate_text
from stacker.render.terminal import Answer
from stacker.series.lock import Lock
from stacker.series.lock import parse as parse_lock


class GateFile(StrEnum):
    """A file that upstream keeps to have lone merges stopped."""

    WORKFLOW = "workflow"
    GROUPS = "groups"


def gate(
    context: typer.Context,
    file: Annotated[
        GateFile | None,
        typer.Argument(help="Print what upstream installs: the workflow, or the groups it reads."),
    ] = None,
    group: Annotated[str | None, typer.Option(help="Default: every group.")] = None,
    repository: Annotated[
        str | None, typer.Option(help="Which one's file; default: that of the first group.")
    ] = None,
    dry_run: Annotated[bool, typer.Option(help="Say what would be reported.")] = False,
) -> Answer:
    """Report on each pull request that a member of a group may not be merged alone."""
    options: Options = context.obj
    if file is not None:
        return _gate_file(options, file, repository)
    with options.desk() as desk:
        result = gating.gate(
            desk.work, desk.forge, group, dry_run=dry_run, told=options.terminal.told
        )
    return Answer(gate_document(result), gate_text(result), gate_code(result))


def _gate_file(options: Options, file: GateFile, repository: str | None) -> Answer:
    """One of the two files for upstream's maintainers, as it is to be there."""
    with wiring.offline(options.folder) as here:
        plan, raw = here.plan, here.directory.read("series.lock")
        one = printing.repository_of(plan, repository)
        if file is GateFile.WORKFLOW:
            path, text = printing.WORKFLOW, printing.workflow_text(one)
        else:
            lock = parse_lock(raw) if raw is not None else Lock()
            path, text = printing.GROUPS, printing.groups_text(plan, lock, one)
    return Answer({"path": path, "text": text}, text.rstrip("\n"))
