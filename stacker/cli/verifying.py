"""`verify`: the checks of the plan, at every stage."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from stacker import runners, settings
from stacker.cli.context import Options
from stacker.errors import ExitCode, StackerError
from stacker.rebase.restacked import restacked
from stacker.render import evidence as explaining
from stacker.render import verify as rendering
from stacker.render.building import progress
from stacker.render.terminal import Answer
from stacker.series.plan.model import RunnerKind
from stacker.series.plan.upstream import UpstreamKind
from stacker.verify import flow, gather
from stacker.verify import trust as trusting
from stacker.verify.logs import last_lines
from stacker.verify.request import VerifyRequest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stacker.series.workspace import Workspace

_LINES = 12  # of a failed check's log


def verify(
    context: typer.Context,
    stages: Annotated[list[str] | None, typer.Argument(help="Default: all of them.")] = None,
    check: Annotated[
        list[str] | None, typer.Option(help="Only this check and what it needs.")
    ] = None,
    platform: Annotated[list[str] | None, typer.Option(help="Only this platform.")] = None,
    rerun: Annotated[bool, typer.Option("--rerun", help="Run also what was shown before.")] = False,
    jobs: Annotated[
        int,
        typer.Option("--jobs", "-j", min=1, help="Build for so many platforms and checks at once."),
    ] = 1,
    fail_fast: Annotated[
        bool, typer.Option("--fail-fast", help="Build nothing more after the first failure.")
    ] = False,
    why: Annotated[
        bool, typer.Option("--why", help="Run nothing; say why evidence is lacking.")
    ] = False,
    trust: Annotated[
        bool, typer.Option("--trust", help="Run this plan's commands without asking.")
    ] = False,
) -> Answer:
    """Run the checks that lack evidence; says its price first."""
    options: Options = context.obj
    options.if_interrupted = "Interrupted; what ended by then is recorded and will not run again."
    terminal = options.terminal

    with options.workspace() as work:
        selection = tuple(work.plan.stage(name).id for name in stages or ())
        _agree(options, work, trust=trust)
        series, edits = restacked(work, terminal.told)
        for edit in edits:
            terminal.say(f"{edit}: restacked as v{series.lock.version}")
        request = VerifyRequest(
            plan=work.plan,
            store=work.store.git,
            stages=gather.stage_trees(work.store, series),
            repo_commits=gather.commits_beside(work.store, series),
            environment=settings.environment(),
            folder=work.directory.state,
            python=settings.python(),
            selection=selection,
            platforms=tuple(platform or ()),
            checks=tuple(check or ()),
            rerun=rerun,
            fail_fast=fail_fast,
            jobs=jobs,
            access=runners.access(work.plan, work.directory.root),
        )
        if why:
            missing = flow.why(request)
            return Answer(explaining.why_document(missing), explaining.why_text(missing))
        with _interruptible(), progress(terminal) as say:
            result = flow.verify(request, say)
    tails = {one.log: last_lines(one.log, _LINES) for one in result.failed}
    code = ExitCode.CHECK_FAILED if result.failed else ExitCode.DONE
    on_forge = any(r.kind is UpstreamKind.FORGE for r in work.plan.repositories)
    text = rendering.verify_text(result, tails, on_forge=on_forge)
    return Answer(rendering.verify_document(result), text, code)


@contextmanager
def _interruptible() -> Iterator[None]:
    """Builds do not end with us by themselves: whoever ends us any way but by force ends them."""
    names = ("SIGTERM", "SIGHUP")  # a machine that cancels; a terminal that is closed
    before = {}
    for sign in (getattr(signal, name) for name in names if hasattr(signal, name)):
        if signal.getsignal(sign) is not signal.SIG_IGN:  # as nohup has it
            before[sign] = signal.signal(sign, signal.default_int_handler)
    try:
        yield
    finally:
        for sign, handler in before.items():
            signal.signal(sign, handler)


def _agree(options: Options, work: Workspace, *, trust: bool) -> None:
    """Run nothing of somebody's plan before a person has said so once."""
    if trusting.is_trusted(work.directory.state, work.plan):
        return
    terminal = options.terminal
    if not trust:
        if not terminal.can_ask:
            raise StackerError(
                "the commands of this plan have not run here before",
                hint="Read the [[checks]] of series.toml, then say `stacker verify --trust`.",
            )
        for check in work.plan.checks:
            for step in check.run:
                terminal.say(f"  {check.name}: {' '.join(step)}")
        for runner in work.plan.runners:
            if runner.kind is RunnerKind.BUILDBOT:
                terminal.say(f"  {runner.name} gets your password and commits: {runner.url}")
        if not terminal.ask("These commands will run on this machine. Run them?"):
            raise StackerError("nothing was run", hint="Nobody agreed to run the plan's commands.")
    trusting.trust(work.directory.state, work.plan)
