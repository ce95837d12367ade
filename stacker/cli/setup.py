"""`init`, `import`: make a series directory, bring commits in."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stacker import settings, wiring
from stacker.cli.context import Options
from stacker.errors import UsageError
from stacker.git import helper
from stacker.importing.assignment import AsListed, Mode, OneStage, StagePerCommit, listing
from stacker.importing.flow import ImportRequest, import_into
from stacker.initialise.flow import InitRequest, initialise
from stacker.render import documents
from stacker.render.terminal import Answer
from stacker.series.plan.model import DEMO_FORGE
from stacker.series.plan.upstream import UpstreamKind, upstream_kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stacker.git.objects import Oid


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
    result = initialise(request, settings.now(), options.terminal.told)
    text = (
        f"Made {result.folder} for {upstream} {result.branch} ({result.tip[:10]}).\n"
        f"Next: stacker -C {folder} import BASE..TIP --from CLONE --stage-per-commit"
    )
    return Answer(documents.initialised(result), text)


def import_(
    context: typer.Context,
    what: Annotated[str, typer.Argument(help="BASE..TIP of a clone, an mbox, or a folder.")],
    clone: Annotated[
        Path | None, typer.Option("--from", help="The clone that has BASE..TIP.")
    ] = None,
    stage: Annotated[str | None, typer.Option(help="Everything becomes this one stage.")] = None,
    stage_per_commit: Annotated[bool, typer.Option(help="Each commit becomes a stage.")] = False,
    as_file: Annotated[
        Path | None, typer.Option("--as", help="A list: stage ID, pick COMMIT.")
    ] = None,
    repository: Annotated[str | None, typer.Option(help="Default: the plan's first one.")] = None,
    first_parent: Annotated[bool, typer.Option(help="Take each merge as one change.")] = False,
    squash: Annotated[
        str | None, typer.Option(metavar="ID", help="All as one patch of stage ID.")
    ] = None,
    onto: Annotated[str | None, typer.Option(help="The commit that mails are made on.")] = None,
) -> Answer:
    """Bring commits or mailed patches into the series as stages."""
    options: Options = context.obj
    chosen: list[Mode] = [OneStage(s) for s in (stage, squash) if s]
    chosen += [StagePerCommit()] if stage_per_commit else []
    chosen += [AsListed(_text_of(as_file))] if as_file else []
    if len(chosen) > 1:
        raise UsageError("choose one of --stage, --stage-per-commit, --as, --squash")
    given = options.folder / what
    request = ImportRequest(
        what=str(given) if given.exists() else what,
        clone=clone,
        mode=chosen[0] if chosen else None,
        repository=repository, first_parent=first_parent, squashed=squash is not None, onto=onto,
    )  # fmt: skip
    with options.workspace() as work:
        result = import_into(work, request, _choose, options.terminal.told)
    count = len(result.stages)
    lines = [f"Imported {count} stage{'s' if count > 1 else ''} as v{result.version}."]
    lines += [f"  {s}  {size}" for s, size in zip(result.stages, result.sizes, strict=True)]
    text = "\n".join([*lines, "Next: stacker status"])
    return Answer(documents.imported(result), text)


def _text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as exc:
        raise UsageError(f"cannot read the list {str(file)!r}: {exc}") from exc


def _choose(subjects: Mapping[Oid, str], taken: frozenset[str]) -> Mode:
    """Let a person edit the list; without a terminal there is nobody to ask."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError(
            "how shall these commits become stages?",
            hint="Say --stage ID, --stage-per-commit, or --as FILE.",
        )
    return AsListed(helper.edit(listing(subjects, taken), settings.editor()))
