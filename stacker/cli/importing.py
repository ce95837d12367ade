"""`import`: bring commits and patches in."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stacker.cli.context import Options
from stacker.errors import UsageError
from stacker.git import helper
from stacker.importing.assignment import AsListed, Mode, OneStage, StagePerCommit, listing
from stacker.importing.flow import import_into
from stacker.importing.value import ImportRequest, Split, source_of
from stacker.render import importing as texts
from stacker.render.terminal import Answer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stacker.git.objects import Oid


def import_(
    context: typer.Context,
    what: Annotated[
        str, typer.Argument(help="BASE..TIP, a branch, #N, an mbox, a folder of patches or quilt.")
    ],
    clone: Annotated[
        Path | None, typer.Option("--from", help="The clone that has the commits.")
    ] = None,
    stage: Annotated[str | None, typer.Option(help="Everything becomes this one stage.")] = None,
    fold: Annotated[
        bool, typer.Option("--fold", help="With --stage: as one patch, everybody credited.")
    ] = False,
    stage_per_commit: Annotated[
        bool, typer.Option("--stage-per-commit", help="Each commit becomes a stage.")
    ] = False,
    split: Annotated[
        bool, typer.Option("--split", help="To each stage of the plan what its paths name.")
    ] = False,
    as_file: Annotated[
        Path | None, typer.Option("--as", help="A list: stage ID, pick COMMIT.")
    ] = None,
    repository: Annotated[str | None, typer.Option(help="Default: the plan's first one.")] = None,
    first_parent: Annotated[
        bool, typer.Option("--first-parent", help="Take each merge as one change.")
    ] = False,
    squash: Annotated[
        str | None, typer.Option(metavar="ID", help="The same as --stage ID --fold.")
    ] = None,
    onto: Annotated[str | None, typer.Option(help="The commit that patches are made on.")] = None,
) -> Answer:
    """Bring commits, a pull request or patches into the series as stages."""
    options: Options = context.obj
    chosen: list[Mode | Split] = [OneStage(s) for s in (stage, squash) if s]
    chosen += [StagePerCommit()] if stage_per_commit else []
    chosen += [AsListed(_text_of(as_file))] if as_file else []
    chosen += [Split()] if split else []
    if len(chosen) > 1:
        raise UsageError("choose one of --stage, --stage-per-commit, --as, --split, --squash")
    if fold and stage is None:
        raise UsageError(
            "--fold makes one patch of a stage", hint="Say which: `--stage ID --fold`."
        )
    given = options.folder / what
    request = ImportRequest(
        source=source_of(str(given) if given.exists() else what),
        clone=clone,
        mode=chosen[0] if chosen else None,
        repository=repository, first_parent=first_parent, folded=fold or squash is not None,
        onto=onto, fetch=options.fetch,
    )  # fmt: skip
    with options.workspace() as work:
        result = import_into(work, request, partial(_choose, options), options.terminal.told)
    return Answer(texts.import_document(result), texts.import_text(result))


def _text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as exc:
        raise UsageError(f"cannot read the list {str(file)!r}: {exc}") from exc


def _choose(options: Options, subjects: Mapping[Oid, str], taken: frozenset[str]) -> Mode:
    """Let a person edit the list; without a terminal there is nobody to ask."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError(
            "how shall these commits become stages?",
            hint="Say --stage ID, --stage-per-commit, --split, or --as FILE.",
        )
    return AsListed(helper.edit(listing(subjects, taken), options.preferences.editor().value))
