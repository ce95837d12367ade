"""`resolve`: the porter at a conflict."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Annotated

import typer

from stacker.cli import rebasing
from stacker.cli.context import Options
from stacker.errors import ExitCode, UsageError
from stacker.render import resolve as texts
from stacker.render.terminal import Answer
from stacker.resolve import flow as resolving
from stacker.resolve import memory, tool
from stacker.resolve.flow import Take

if TYPE_CHECKING:
    from pathlib import Path

    from stacker.series.workspace import Workspace


def resolve(
    context: typer.Context,
    stage: Annotated[
        str | None,
        typer.Argument(help="Default: where you stand; else the first with a conflict."),
    ] = None,
    names: Annotated[
        list[str] | None, typer.Argument(help="Paths for --forget; a name for --tool.")
    ] = None,
    done: Annotated[
        bool, typer.Option("--done", help="Take the solution, go on to the next conflict.")
    ] = False,
    abort: Annotated[bool, typer.Option("--abort", help="Close the folder; take nothing.")] = False,
    full: Annotated[bool, typer.Option("--full", help="Open it with all files there are.")] = False,
    with_tool: Annotated[
        bool, typer.Option("--tool", help="Solve it in git's merge tool (merge.tool, or NAMES).")
    ] = False,
    show: Annotated[bool, typer.Option("--show", help="Print the conflict; open nothing.")] = False,
    take: Annotated[Take | None, typer.Option(help="Solve all of it with one side.")] = None,
    drop: Annotated[
        bool, typer.Option("--drop", help="Leave the patch out of the series.")
    ] = False,
    forget: Annotated[
        bool, typer.Option("--forget", help="Forget solutions: of the stage, or of NAMES in it.")
    ] = False,
) -> Answer:
    """Open the folder of a conflict, or take its solution back."""
    options: Options = context.obj
    asked = (done, abort, show, take is not None, drop, forget, with_tool or full)
    if sum(asked) > 1:
        raise UsageError("choose one of --done, --abort, --show, --take, --drop, --forget, --tool")
    words = [*([stage] if stage is not None else []), *(names or [])]
    if with_tool:
        return _by_tool(options, words, full=full)
    told = options.terminal.told
    with options.workspace() as work:
        stage, words = _meant(work, options, words, more=forget)
        if forget:
            return _forget(work, options, stage, words)
        if done:
            return rebasing.went(work, resolving.take_back(work, stage, told))
        if take is not None:
            return rebasing.went(work, resolving.take_side(work, stage, take, told))
        if drop:
            return rebasing.went(work, resolving.drop(work, stage, told))
        return _look(work, stage, abort=abort, show=show, full=full)


def _look(work: Workspace, stage: str | None, *, abort: bool, show: bool, full: bool) -> Answer:
    if abort:
        closed = resolving.abandon(work, stage)
        stays = f"Closed; the conflict in {closed.stage} stays."
        next_step = f"Next: stacker resolve {closed.stage}"
        return Answer({"stage": closed.stage, "folder": None}, f"{stays}\n{next_step}")
    if show:
        found = resolving.show(work, stage)
        return Answer(texts.shown(found), texts.shown_text(found))
    opening = resolving.open_conflict(work, stage, full=full)
    return Answer(texts.opened(opening), texts.opened_text(opening))


def _by_tool(options: Options, words: list[str], *, full: bool) -> Answer:
    """Open the folder, let the tool work, and go on if nothing is left to do."""
    with options.workspace() as work:
        stage, words = _meant(work, options, words, more=True)
        if len(words) > 1:
            raise UsageError(f"no stage {words[0]!r}", hint="stacker resolve [STAGE] --tool [NAME]")
        folder = resolving.open_conflict(work, stage, full=full).opened.folder
    # Others may work on the series while a person sits in the tool.
    chosen = words[0] if words else options.preferences.merge_tool().value
    tool.merge(folder, chosen, person=options.terminal.can_ask)
    with options.workspace() as work:
        opened, left = resolving.left(work, folder.name)
        if not left:
            return rebasing.went(
                work, resolving.take_back(work, opened.stage, options.terminal.told)
            )
    where = str(opened.folder)
    return Answer(
        texts.left(opened.stage, where, left),
        texts.left_text(opened.stage, where, left),
        ExitCode.CONFLICT,
    )


def _forget(work: Workspace, options: Options, stage: str | None, words: list[str]) -> Answer:
    chosen = memory.stage_to_forget(work, stage)
    here = _inside(work, options, chosen)
    paths = [str(here / word.replace("\\", "/")) for word in words]
    gone = memory.forget(work, chosen, [p.encode("utf-8", "surrogateescape") for p in paths])
    return Answer(texts.forgotten(chosen, gone), texts.forgotten_text(chosen, gone))


def _meant(
    work: Workspace, options: Options, words: list[str], *, more: bool
) -> tuple[str | None, list[str]]:
    """The stage that is meant, and the `more` words behind it."""
    if words and (not more or words[0] in work.plan.order):
        if len(words) > 1 and not more:
            raise UsageError(f"{words[1]!r} is one word too many")
        return words[0], words[1:]
    return resolving.stage_of(work.directory, options.folder), words


def _inside(work: Workspace, options: Options, stage: str) -> PurePosixPath:
    """Where in the stage's open folder one stands; paths are named from there."""
    folder: Path = (work.directory.state / "resolve" / stage).resolve()
    here = options.folder.resolve()
    if not here.is_relative_to(folder):
        return PurePosixPath()
    return PurePosixPath(here.relative_to(folder).as_posix())
