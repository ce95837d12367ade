"""`edit`, `refresh`: the porter works on one stage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from stacker.cli import rebasing
from stacker.cli.context import Options
from stacker.edit import flow as editing
from stacker.edit.flow import Untouched
from stacker.errors import UsageError
from stacker.render import edit as texts
from stacker.render.terminal import Answer

if TYPE_CHECKING:
    from stacker.series.workspace import Workspace

_Stage = Annotated[str | None, typer.Argument(help="Default: where you stand; else what is open.")]
_Why = Annotated[str | None, typer.Option("-m", metavar="WHY", help="Why: the version's reason.")]
_New = Annotated[
    bool, typer.Option("--new", help="As patches of its own, not as part of the last one.")
]


def edit(
    context: typer.Context,
    stage: _Stage = None,
    done: Annotated[
        bool, typer.Option("--done", help="Take the work into the series, restack what is above.")
    ] = False,
    message: _Why = None,
    new: _New = False,
    abort: Annotated[
        bool, typer.Option("--abort", help="Close the folder; the work is kept as a version.")
    ] = False,
) -> Answer:
    """Open a stage in a folder of its own, or take the work there back."""
    options: Options = context.obj
    if done and abort:
        raise UsageError("choose one of --done, --abort")
    if (new or message is not None) and not done:
        raise UsageError("-m and --new say how to take the work back", hint="Add `--done`.")
    with options.workspace() as work:
        stage = stage or editing.stage_of(work.directory, options.folder)
        if done:
            return _take_back(options, work, stage, message, new=new)
        if abort:
            aborted = editing.abort(work, stage)
            return Answer(texts.aborted(aborted), texts.aborted_text(aborted))
        if stage is None:
            names = ", ".join(work.plan.order)
            raise UsageError("which stage?", hint=f"The plan has: {names}.")
        opened = editing.open_stage(work, stage, options.terminal.told)
        return Answer(texts.opened(opened), texts.opened_text(opened))


def refresh(
    context: typer.Context, stage: _Stage = None, message: _Why = None, new: _New = False
) -> Answer:
    """Another name of `edit --done`."""
    options: Options = context.obj
    with options.workspace() as work:
        stage = stage or editing.stage_of(work.directory, options.folder)
        return _take_back(options, work, stage, message, new=new)


def _take_back(
    options: Options, work: Workspace, stage: str | None, why: str | None, *, new: bool
) -> Answer:
    taken = editing.take_back(work, stage, why or "", new=new, told=options.terminal.told)
    if isinstance(taken, Untouched):
        return Answer(texts.untouched(taken), texts.untouched_text(taken))
    rebased = rebasing.answer(work, taken.result)
    return Answer(
        texts.taken(taken, rebased.document), texts.taken_text(taken, rebased.text), rebased.code
    )
