"""`status`, `doctor`: look, and change nothing."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stacker import prune as pruning
from stacker import runners, settings, wiring
from stacker.cli.agreeing import own_key
from stacker.cli.context import Options
from stacker.doctor import flow as examining
from stacker.doctor.finding import Health
from stacker.errors import ExitCode, StackerError, UsageError
from stacker.preferences.telling import examine_settings
from stacker.render import doctor as doctor_rendering
from stacker.render import status as status_rendering
from stacker.render.status_document import status_document
from stacker.render.terminal import Answer, dumps
from stacker.series.plan.explaining import explain_plan
from stacker.series.plan.schema import plan_schema
from stacker.status.gather import gather
from stacker.status.landings import read_locks
from stacker.status.reading import read_pulls

if TYPE_CHECKING:
    from collections.abc import Sequence


class Purpose(StrEnum):
    """What for rights are proved; a porter's where nothing is said."""

    LAND = "land"


_KEPT = 30  # versions that stay, if nobody says how many


def status(
    context: typer.Context,
    stages: Annotated[
        list[str] | None, typer.Argument(help="All of the evidence of these stages.")
    ] = None,
    refresh: Annotated[bool, typer.Option("--refresh", help="Ask the forge first.")] = False,
    plan: Annotated[
        bool, typer.Option("--plan", help="Print the plan with every default written out.")
    ] = False,
    schema: Annotated[
        bool, typer.Option("--schema", help="Print the JSON Schema of series.toml.")
    ] = False,
    residue: Annotated[
        str | None,
        typer.Option(metavar="BRANCH", help="What of a branch, #N or BASE..TIP is in no stage."),
    ] = None,
    clone: Annotated[
        Path | None, typer.Option("--from", help="With --residue: the clone that has it.")
    ] = None,
    repository: Annotated[
        str | None, typer.Option(help="With --residue; default: the plan's first one.")
    ] = None,
) -> Answer:
    """Where each stage stands; offline, from what is known here."""
    options: Options = context.obj
    if sum((refresh, plan, schema, residue is not None)) > 1:
        raise UsageError("choose one of --refresh, --plan, --schema, --residue")
    if stages and (plan or schema or residue is not None):
        raise UsageError("--plan, --schema and --residue are about the whole series")
    if residue is not None:
        return _residue(options, residue, clone, repository)
    if clone is not None or repository is not None:
        raise UsageError("--from and --repository belong to --residue")
    if schema:
        document = plan_schema()
        return Answer(document, dumps(document))
    if plan:
        return _plan(options)
    if refresh:
        with options.desk() as desk:
            for missing in read_pulls(
                desk.work.directory, desk.work.plan, desk.forge, desk.work.now
            ):
                options.terminal.say(f"the forge shows no {missing}")
            read_locks(desk.work, options.terminal.told)
    return _status(options, stages or ())


def _status(options: Options, names: Sequence[str]) -> Answer:
    with wiring.offline(options.folder) as here:
        stages = [here.plan.stage(name).id for name in names]
        found = gather(here.directory, here.plan, here.work, settings.environment(), settings.now())
    document = status_document(found, stages)
    text = status_rendering.stages_text(found, stages) if stages else None
    return Answer(document, text or status_rendering.status_text(found))


def _residue(options: Options, branch: str, clone: Path | None, repository: str | None) -> Answer:
    from stacker.importing.value import commits_named  # noqa: PLC0415 - a status mostly does without
    from stacker.render import residue as rendering  # noqa: PLC0415 - as above
    from stacker.status.residue import residue  # noqa: PLC0415 - as above

    with options.workspace() as work:
        found = residue(
            work, commits_named(branch), clone, repository,
            fetch=options.fetch, told=options.terminal.told,
        )  # fmt: skip
    return Answer(rendering.residue_document(found, branch), rendering.residue_text(found, branch))


def _plan(options: Options) -> Answer:
    with wiring.offline(options.folder) as here:
        text = explain_plan(here.plan)
    return Answer({"plan": text}, text)


def doctor(
    context: typer.Context,
    prune: Annotated[
        bool,
        typer.Option("--prune", help="Let go of old versions, what only they need, and leftovers."),
    ] = False,
    keep: Annotated[
        int | None, typer.Option(metavar="N", help="With --prune: how many versions stay (30).")
    ] = None,
    purpose: Annotated[
        Purpose | None,
        typer.Option("--for", help="What a coordinator needs to land, not a porter."),
    ] = None,
) -> Answer:
    """Whether everything is in place, and what to do where it is not."""
    options: Options = context.obj
    if prune and purpose is not None:
        raise UsageError("--prune and --for have nothing to do with each other")
    if prune:
        return _prune(options, _KEPT if keep is None else keep)
    if keep is not None:
        raise UsageError("--keep says how many versions stay", hint="Add `--prune`.")
    reach = wiring.reach if options.fetch else None
    masters = runners.agreed if options.fetch else None
    landing = examining.Landing(_own_key()) if purpose is Purpose.LAND else None
    mine = examine_settings(options.folder)
    lanes = None if mine.health is Health.PROBLEM else options.preferences.lanes()
    directory = wiring.directory(options.folder)
    found = (mine, *examining.examine(directory, reach, masters, landing, lanes))
    bad = any(one.health is Health.PROBLEM for one in found)
    code = ExitCode.ERROR if bad else ExitCode.DONE
    return Answer(
        doctor_rendering.doctor_document(found), doctor_rendering.doctor_text(found), code
    )


def _own_key() -> str | StackerError | None:
    """The fingerprint of the key that this machine signs with, or why it cannot."""
    try:
        key = own_key()
    except StackerError as exc:
        return exc
    return None if key is None else key.public.fingerprint


def _prune(options: Options, keep: int) -> Answer:
    """Let go of old versions; a person is asked before."""
    if options.terminal.can_ask and not options.terminal.ask(
        f"Let go of all versions but the newest {keep}? That cannot be undone."
    ):
        raise UsageError("nothing was let go")
    lanes = options.preferences.lanes()
    with options.workspace() as work:
        done = pruning.prune(work, keep, lanes)
    return Answer(doctor_rendering.pruned_document(done), doctor_rendering.pruned_text(done))
