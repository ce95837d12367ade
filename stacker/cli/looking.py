"""`status`, `doctor`: look, and change nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from stacker import settings, wiring
from stacker.cli.context import Options
from stacker.doctor import flow as examining
from stacker.doctor.finding import Health
from stacker.errors import ExitCode, UsageError
from stacker.forge.cache import remember_pulls
from stacker.render import doctor as doctor_rendering
from stacker.render import status as status_rendering
from stacker.render.terminal import Answer, dumps
from stacker.series.plan.explaining import explain_plan
from stacker.series.plan.schema import plan_schema
from stacker.status.gather import gather

if TYPE_CHECKING:
    from stacker.wiring import Desk


def status(
    context: typer.Context,
    refresh: Annotated[bool, typer.Option("--refresh", help="Ask the forge first.")] = False,
    plan: Annotated[
        bool, typer.Option("--plan", help="Print the plan with every default written out.")
    ] = False,
    schema: Annotated[
        bool, typer.Option("--schema", help="Print the JSON Schema of series.toml.")
    ] = False,
) -> Answer:
    """Where each stage stands; offline, from what is known here."""
    options: Options = context.obj
    if sum((refresh, plan, schema)) > 1:
        raise UsageError("choose one of --refresh, --plan, --schema")
    if schema:
        document = plan_schema()
        return Answer(document, dumps(document))
    if plan:
        return _plan(options)
    if refresh:
        with options.desk() as desk:
            for missing in _refresh(desk):
                options.terminal.say(f"the forge shows no {missing}")
    return _status(options)


def _status(options: Options) -> Answer:
    with wiring.offline(options.folder) as here:
        found = gather(here.directory, here.plan, here.work, settings.environment(), settings.now())
    return Answer(status_rendering.status_document(found), status_rendering.status_text(found))


def _plan(options: Options) -> Answer:
    with wiring.offline(options.folder) as here:
        text = explain_plan(here.plan)
    return Answer({"plan": text}, text)


def _refresh(desk: Desk) -> list[str]:
    """Read the forge once for all pull requests of the lock, and remember what it says.

    Returns those that it does not show, as `OWNER/NAME#N`.
    """
    lines, missing = desk.work.load().lock.stages, []
    for name in dict.fromkeys(line.repository for line in lines):
        numbers = [line.pull for line in lines if line.repository == name and line.pull]
        if numbers:
            upstream = desk.work.plan.repository(name).upstream
            pulls = desk.forge.pulls(upstream, numbers)
            remember_pulls(desk.work.directory.state, pulls, desk.work.now)
            shown = {pull.number for pull in pulls}
            missing += [f"{upstream}#{n}" for n in numbers if n not in shown]
    return missing


def doctor(context: typer.Context) -> Answer:
    """Whether everything is in place, and what to do where it is not."""
    options: Options = context.obj
    reach = wiring.reach if options.fetch else None
    found = examining.examine(wiring.directory(options.folder), reach)
    bad = any(one.health is Health.PROBLEM for one in found)
    code = ExitCode.ERROR if bad else ExitCode.DONE
    return Answer(
        doctor_rendering.doctor_document(found), doctor_rendering.doctor_text(found), code
    )
