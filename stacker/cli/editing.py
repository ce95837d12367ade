"""`edit`, `refresh`: the porter works on one stage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, assert_never

import typer

from stacker.cli import rebasing
from stacker.cli.context import Options
from stacker.edit import flow as editing
from stacker.edit import from_pull as pulling
from stacker.edit.flow import Untouched
from stacker.edit.from_pull import InTheWay, TakenIn
from stacker.edit.theirs import NothingNew
from stacker.errors import ExitCode, UsageError
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
    from_pull: Annotated[
        bool, typer.Option("--from-pull", help="Take in what others pushed to its pull request.")
    ] = False,
) -> Answer:
    """Open a stage in a folder of its own, or take the work there back."""
    options: Options = context.obj
    if sum((done, abort, from_pull)) > 1:
        raise UsageError("choose one of --done, --abort, --from-pull")
    if (new or message is not None) and not done:
        raise UsageError("-m and --new say how to take the work back", hint="Add `--done`.")
    if from_pull:
        return _from_pull(options, stage)
    with options.workspace() as work:
        stage = stage or editing.stage_of(work.directory, options.folder)
        if done:
            return _take_back(options, work, stage, message, new=new)
        if abort:
            aborted = editing.abort(work, stage)
            return Answer(texts.aborted(aborted), texts.aborted_text(aborted))
        if stage is None:
            raise _which(work)
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


def _from_pull(options: Options, stage: str | None) -> Answer:
    with options.desk() as desk:
        if stage is None:
            raise _which(desk.work)
        found = pulling.from_pull(desk.work, stage, desk.place, options.terminal.told)
        match found:
            case NothingNew():
                return Answer(texts.nothing_new(found), texts.nothing_new_text(found))
            case InTheWay():
                document, text = texts.in_the_way(found), texts.in_the_way_text(found)
                return Answer(document, text, ExitCode.CONFLICT)
            case TakenIn():
                rebased = rebasing.answer(desk.work, found.result)
                document = texts.taken_in(found, rebased.document)
                return Answer(document, texts.taken_in_text(found, rebased.text), rebased.code)
            case never:
                assert_never(never)


def _which(work: Workspace) -> UsageError:
    return UsageError("which stage?", hint=f"The plan has: {', '.join(work.plan.order)}.")


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
