"""`verify`: the checks of the plan, at every stage."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from stacker import runners, settings, wiring
from stacker.cli.agreeing import signing_key
from stacker.cli.context import Options
from stacker.errors import ExitCode, ForgeError, GitError, StackerError, UsageError
from stacker.forge.cache import known_pulls
from stacker.rebase.restacked import restacked
from stacker.render import arriving as arrived
from stacker.render import evidence as explaining
from stacker.render import first_bad as bisected
from stacker.render import verify as rendering
from stacker.render.building import progress
from stacker.render.terminal import Answer
from stacker.series.plan.ci_checks import ci_checks
from stacker.series.plan.upstream import UpstreamKind
from stacker.status.reading import read_pulls
from stacker.verify import first_bad as bisecting
from stacker.verify import flow, gather
from stacker.verify import trust as trusting
from stacker.verify.arriving import arriving, check_arrivals
from stacker.verify.ci_seen import bring_heads, pulls_seen
from stacker.verify.logs import last_lines
from stacker.verify.price import duration
from stacker.verify.request import VerifyRequest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from stacker.series.loading import Series
    from stacker.series.plan.model import StageId
    from stacker.series.workspace import Workspace
    from stacker.verify.arriving import Arrival
    from stacker.verify.ci_binding import Sight
    from stacker.verify.request import Event, FirstBadResult

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
        int | None,
        typer.Option("--jobs", "-j", min=1, help="Build for so many platforms and checks at once."),
    ] = None,
    fail_fast: Annotated[
        bool, typer.Option("--fail-fast", help="Build nothing more after the first failure.")
    ] = False,
    first_bad: Annotated[
        bool,
        typer.Option("--first-bad", help="Bisect: build only what tells where a tip breaks."),
    ] = False,
    why: Annotated[
        bool, typer.Option("--why", help="Run nothing; say why evidence is lacking.")
    ] = False,
    trust: Annotated[
        bool, typer.Option("--trust", help="Run this plan's commands without asking.")
    ] = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="Be a box: build what home has, again and again.")
    ] = False,
    every: Annotated[
        str | None, typer.Option(metavar="TIME", help="With --watch: between two looks (5m).")
    ] = None,
    as_root: Annotated[
        bool, typer.Option("--as-root", help="With --watch: also as root or administrator.")
    ] = False,
) -> Answer:
    """Run the checks that lack evidence; says its price first."""
    if first_bad and (why or fail_fast):
        raise UsageError("--first-bad asks one stage after the other", hint="Say it alone.")
    options: Options = context.obj
    options.if_interrupted = "Interrupted; what ended by then is recorded and will not run again."
    terminal = options.terminal
    if watch:
        if stages or rerun or fail_fast or first_bad or why:
            raise UsageError("--watch goes with --platform, --check, -j and --trust only")
        from stacker.cli.watching import watch_home  # noqa: PLC0415 - only a box needs it

        with interruptible():
            watch_home(
                options, platform or (), check or (),
                jobs=jobs, trust=trust, every=every or "5m", as_root=as_root,
            )  # fmt: skip
    if every is not None or as_root:
        raise UsageError("--every and --as-root belong to --watch")

    mine = options.preferences
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
            signing=None if why else signing_key(work, terminal),
            jobs=jobs or mine.jobs().value,
            work=mine.lanes(),
            ci=_told_by_ci(options, work, series),
            upstreams={name: one.url for name, one in work.upstreams.items()},
            access=runners.access(work.plan, work.directory.root),
        )
        if why:
            missing = flow.why(request)
            return Answer(explaining.why_document(missing), explaining.why_text(missing))
        with interruptible(), progress(terminal) as say:
            if first_bad:
                return _first_bad(bisecting.first_bad(request, say))
            result = flow.verify(request, say)
            arrivals = () if check or platform else _arrivals(options, work, series, request, say)
    tails = {one.log: last_lines(one.log, _LINES) for one in result.failed}
    code = ExitCode.CHECK_FAILED if result.failed else ExitCode.DONE
    on_forge = any(r.kind is UpstreamKind.FORGE for r in work.plan.repositories)
    text = arrived.arrivals_text(arrivals) + (
        rendering.verify_text(result, tails, on_forge=on_forge)
    )
    document = rendering.verify_document(result)
    document |= {"upstream": arrived.arrivals_document(arrivals)} if arrivals else {}
    return Answer(document, text, code)


def _arrivals(
    options: Options, work: Workspace, series: Series, request: VerifyRequest,
    say: Callable[[Event], None],
) -> tuple[Arrival, ...]:  # fmt: skip
    """What upstream has of stages that were handed over, checked as all the rest."""
    told, fetch = options.terminal.told, options.fetch
    found = arriving(work, series, request.selection, told, fetch=fetch)
    return check_arrivals(work, series, request, found, say)


def _first_bad(result: FirstBadResult) -> Answer:
    bad = any(one.bad for one in result.found)
    tails = {
        one.log: last_lines(one.log, _LINES) for one in result.asked.results if one.verdict.is_red
    }
    text = bisected.first_bad_text(result, tails)
    code = ExitCode.CHECK_FAILED if bad else ExitCode.DONE
    return Answer(bisected.first_bad_document(result), text, code)


def _told_by_ci(
    options: Options, work: Workspace, series: Series
) -> dict[StageId, tuple[Sight, ...]]:
    """What upstream's CI says, where the plan goes by it; without an answer, what it last said."""
    if not ci_checks(work.plan):
        return {}
    against = _ask_forge(work, series) if options.fetch else "--no-fetch"
    if against:
        read = min((p.read_at for p in known_pulls(work.directory.state).values()), default=None)
        age = "and never was" if read is None else f"but {duration(work.now - read)} ago"
        options.terminal.say(f"upstream's CI was not asked ({against}), {age}")
    seen = pulls_seen(work.store, series, work.directory.state)
    return {stage: (one,) for stage, one in seen.items()}


def _ask_forge(work: Workspace, series: Series) -> str:
    """Read the pull requests of the series; what was in the way, in words."""
    try:
        with wiring.forge_of(work.plan, work.directory) as forge:
            if forge is None:
                return "there is no token for the forge"
            read_pulls(work.directory, work.plan, forge, work.now)
        bring_heads(work, series)
    except (ForgeError, GitError) as exc:
        return exc.message
    return ""


@contextmanager
def interruptible() -> Iterator[None]:
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
        for command in trusting.commands(work.plan):
            terminal.say(f"  {command}")
        if not terminal.ask("These commands will run on this machine. Run them?"):
            raise StackerError("nothing was run", hint="Nobody agreed to run the plan's commands.")
    trusting.trust(work.directory.state, work.plan)
