"""`rebase`, `resolve`, `undo`: the porter's day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from stacker import undo as undoing
from stacker.cli.context import Options
from stacker.errors import ExitCode, UsageError
from stacker.rebase import flow as rebasing
from stacker.rebase.flow import RebaseRequest
from stacker.render import documents
from stacker.render.rebase import rebase_text
from stacker.render.terminal import Answer
from stacker.resolve import flow as resolving
from stacker.resolve.flow import Take

if TYPE_CHECKING:
    from stacker.rebase.outcome import RebaseResult
    from stacker.series.workspace import Workspace


def rebase(
    context: typer.Context,
    onto: Annotated[
        list[str] | None, typer.Option(metavar="[REPO=]REV", help="Default: upstream's tip.")
    ] = None,
    fetch: Annotated[
        bool, typer.Option("--fetch", help="Ask upstream anew for the target.")
    ] = False,
    abort: Annotated[bool, typer.Option("--abort", help="Forget a rebase that stopped.")] = False,
    continue_: Annotated[
        bool, typer.Option("--continue", help="The same as `resolve --done`.")
    ] = False,
) -> Answer:
    """Put the series on upstream's tip; with a conflict nothing moves."""
    options: Options = context.obj
    with options.workspace() as work:
        if abort:
            there = rebasing.abort(work)
            text = "Forgotten; the series is where it was." if there else "No rebase had stopped."
            return Answer({"aborted": there}, text)
        if continue_:
            result = resolving.take_back(work, None, options.terminal.told)
        else:
            request = RebaseRequest(_targets(onto), fetch=options.fetch, afresh=fetch)
            result = rebasing.rebase(work, request, options.terminal.told)
        return _answer(work, result)


def resolve(
    context: typer.Context,
    stage: Annotated[str | None, typer.Argument(help="Default: the first with a conflict.")] = None,
    done: Annotated[bool, typer.Option("--done", help="Take the solution and go on.")] = False,
    abort: Annotated[bool, typer.Option("--abort", help="Close the folder; take nothing.")] = False,
    show: Annotated[bool, typer.Option("--show", help="Print the conflict; open nothing.")] = False,
    take: Annotated[Take | None, typer.Option(help="Solve all of it with one side.")] = None,
    drop: Annotated[
        bool, typer.Option("--drop", help="Leave the patch out of the series.")
    ] = False,
) -> Answer:
    """Open the folder of a conflict, or take its solution back."""
    options: Options = context.obj
    told = options.terminal.told
    if sum((done, abort, show, take is not None, drop)) > 1:
        raise UsageError("choose one of --done, --abort, --show, --take, --drop")
    with options.workspace() as work:
        if done:
            return _answer(work, resolving.take_back(work, stage, told))
        if take is not None:
            return _answer(work, resolving.take_side(work, stage, take, told))
        if drop:
            return _answer(work, resolving.drop(work, stage, told))
        if abort:
            opened = resolving.abandon(work, stage)
            stays = f"Closed; the conflict in {opened.stage} stays."
            next_step = f"Next: stacker resolve {opened.stage}"
            return Answer({"stage": opened.stage, "folder": None}, f"{stays}\n{next_step}")
        if show:
            return _shown(work, stage)
        return _opened(work, stage)


def undo(
    context: typer.Context,
    to: Annotated[str | None, typer.Option(metavar="vN", help="Default: the one before.")] = None,
) -> Answer:
    """Go back to an earlier version of the series; undoable itself."""
    options: Options = context.obj
    number = None if to is None else _version(to)
    with options.workspace() as work:
        done = undoing.undo(work, number)
    kept = "What was edited by hand is kept as an operation before it.\n" if done.edits_kept else ""
    text = f"{kept}v{done.before} -> v{done.now}; `stacker undo` again takes that back."
    document = {"before": done.before, "version": done.now, "edits_kept": done.edits_kept}
    return Answer(document, text)


def _version(text: str) -> int:
    number = text.removeprefix("v")
    if not number.isascii() or not number.isdigit():
        raise UsageError(f"{text!r} is no version", hint="Versions are written v1, v2, …")
    return int(number)


def _targets(onto: list[str] | None) -> dict[str, str]:
    pairs = (text.partition("=") for text in onto or ())
    return {name if eq else "": rev if eq else name for name, eq, rev in pairs}


def _answer(work: Workspace, result: RebaseResult) -> Answer:
    repository = work.plan.default_repository
    branch = work.upstreams[repository.name].branch or "upstream"
    code = ExitCode.CONFLICT if result.halted else ExitCode.DONE
    document = documents.rebased(result, repository.name)
    return Answer(document, rebase_text(result, repository.name, branch), code)


def _opened(work: Workspace, stage: str | None) -> Answer:
    opened, halted = resolving.open_conflict(work, stage)
    paths = [c.path.decode("utf-8", "surrogateescape") for c in halted.stopped.conflict.conflicts]
    lines = [f"{opened.of}/{opened.file} is open in {opened.folder}"]
    lines += [f"  {path}" for path in paths]
    lines.append(f"Edit, then\nNext: stacker resolve {opened.stage} --done")
    document = {
        "stage": opened.stage, "in": opened.of, "patch": opened.file,
        "folder": str(opened.folder), "paths": paths,
    }  # fmt: skip
    return Answer(document, "\n".join(lines))


def _shown(work: Workspace, stage: str | None) -> Answer:
    found = resolving.show(work, stage)
    lines: list[str] = []
    for one in found:
        path = one.conflict.path.decode("utf-8", "backslashreplace")
        lines += [f"{one.halted.of}/{one.halted.file}: {path} ({one.conflict.kind})", ""]
        lines.append(one.with_markers.decode("utf-8", "backslashreplace"))
    document = {
        "conflicts": [
            {
                "in": one.halted.of,
                "patch": one.halted.file,
                "path": one.conflict.path.decode("utf-8", "surrogateescape"),
                "kind": one.conflict.kind,
                **{
                    name: {"mode": side.mode, "blob": side.oid} if side else None
                    for name, side in (
                        ("base", one.conflict.base),
                        ("upstream", one.conflict.upstream),
                        ("mine", one.conflict.mine),
                    )
                },
            }
            for one in found
        ]
    }
    return Answer(document, "\n".join(lines))
