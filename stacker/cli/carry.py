"""`submit`, `land`, `gate`: the series goes upstream."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from stacker import runners, settings
from stacker.cli import before_submit
from stacker.cli.agreeing import agree_on_signers
from stacker.cli.context import Options
from stacker.cli.verifying import interruptible
from stacker.errors import ExitCode, UsageError
from stacker.land import flow as landing
from stacker.land.journal import unfinished_in
from stacker.land.outcome import State
from stacker.land.request import Ending, Hands, LandRequest
from stacker.render import forge as rendering
from stacker.render.building import progress
from stacker.render.land import land_code, land_document, land_text
from stacker.render.terminal import Answer
from stacker.submit import flow as submitting
from stacker.submit.acting import PUBLISHING
from stacker.submit.actions import OpenPull
from stacker.submit.forking import NoFork
from stacker.submit.request import SubmitRequest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from stacker.land.outcome import LandResult
    from stacker.render.terminal import Terminal
    from stacker.submit.request import SubmitResult
    from stacker.verify.request import Event
    from stacker.wiring import Desk


def submit(
    context: typer.Context,
    stages: Annotated[list[str] | None, typer.Argument(help="Default: all of them.")] = None,
    dry_run: Annotated[bool, typer.Option(help="Print the actions; do none.")] = False,
    rehearse: Annotated[
        bool, typer.Option("--rehearse", help="Do it all on a throw-away copy of the forge.")
    ] = False,
    preview: Annotated[
        bool, typer.Option("--preview", help="Write the exact titles and texts; do nothing.")
    ] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Read the stages as upstream's bots would; offline.")
    ] = False,
    move_base: Annotated[bool, typer.Option(help="Publish on the newest base.")] = False,
    message: Annotated[str | None, typer.Option("-m", help="What changed, for the mails.")] = None,
    unverified: Annotated[
        bool, typer.Option("--unverified", help="Publish what checks fail at, and say so there.")
    ] = False,
    close: Annotated[
        list[str] | None,
        typer.Option(metavar="ID", help="Close the pull request of a stage taken out."),
    ] = None,
    create_fork: Annotated[
        bool, typer.Option("--create-fork", help="Make the plan's fork where there is none.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> Answer:
    """Make the forge's pull requests say what the series says."""
    options: Options = context.obj
    request = SubmitRequest(
        stages=tuple(stages or ()), dry_run=dry_run, preview=preview, move_base=move_base,
        why=message, unverified=unverified, close=tuple(close or ()), create_fork=create_fork,
        environment=settings.environment(),
    )  # fmt: skip
    if dry_run + rehearse + preview + check > 1:
        raise UsageError("--dry-run, --rehearse, --preview and --check do not go together")
    if check:
        return before_submit.checked(options.folder, request.stages)
    with options.desk() as desk:
        if rehearse:
            return _rehearse(options, desk, request)
        if options.terminal.can_ask and not (yes or dry_run or preview or desk.site.local):
            request = _agreed(options, desk, request)
        result = _with_forks(options, desk, request, ask=not yes)
        state = desk.work.directory.state
        if preview and _code(result) is ExitCode.DONE:
            return before_submit.previewed(result, state, request.stages)
    text = rendering.submit_text(result, dry_run=dry_run)
    return Answer(rendering.submit_document(result), text, _code(result))


def _code(result: SubmitResult) -> ExitCode:
    stopped = result.foreign or result.blocked or result.stopped
    return ExitCode.BLOCKED if stopped else ExitCode.DONE


def _rehearse(options: Options, desk: Desk, request: SubmitRequest) -> Answer:
    """The same on a copy, and where to look at what came of it."""
    from stacker.cli.rehearsing import rehearsed  # noqa: PLC0415 - a web server, seldom needed
    from stacker.render import rehearsal  # noqa: PLC0415 - as above

    try:
        with rehearsed(desk, options.terminal.told) as (there, copy):
            result = _submit(options, there, request)
            root, url = copy.root, copy.url
    except KeyboardInterrupt as stopped:
        said = "Interrupted; the forge and the series are as they were."
        raise KeyboardInterrupt(said) from stopped
    pulls = [pull for _, pull in result.pulls]
    document = {
        **rendering.submit_document(result),
        "rehearsal": rehearsal.rehearsal_document(root, url, pulls),
    }
    said = rendering.submit_text(result, dry_run=False)
    return Answer(document, rehearsal.rehearsal_text(said, root, url, pulls), _code(result))


def _with_forks(options: Options, desk: Desk, request: SubmitRequest, *, ask: bool) -> SubmitResult:
    """Publish; where a fork is missing, a person may say that it shall be made."""
    try:
        return _submit(options, desk, request)
    except NoFork as absent:
        terminal = options.terminal
        question = f"{absent.message}. Create it on {desk.site.url}?"
        if not (ask and terminal.can_ask and terminal.ask(question)):
            raise
        return _submit(options, desk, replace(request, create_fork=True))


def _submit(options: Options, desk: Desk, request: SubmitRequest) -> SubmitResult:
    """Publish; an interrupt says how far it came."""
    heard = [0, 0]

    def told(what: str, done: int, total: int) -> None:
        if what == PUBLISHING:
            heard[:] = [done, total]
        options.terminal.told(what, done, total)

    try:
        return submitting.submit(desk.work, desk.place, desk.forge, request, told)
    except KeyboardInterrupt as stopped:
        done, total = heard
        far = f"after {done} of {total} actions" if total else "before anything was published"
        raise KeyboardInterrupt(f"Interrupted {far}; run it again to finish.") from stopped


def _agreed(options: Options, desk: Desk, request: SubmitRequest) -> SubmitRequest:
    """The request as a person agrees to it, who sees before what is first made on a real forge."""
    plan = submitting.submit(
        desk.work, desk.place, desk.forge, replace(request, dry_run=True), options.terminal.told
    )
    if any(isinstance(action, OpenPull) for action in plan.actions):
        options.terminal.say(rendering.submit_text(plan, dry_run=True))
        if not options.terminal.ask(f"Do this on {desk.site.url}?"):
            raise UsageError("nothing was published", hint="`--dry-run` shows it without asking.")
        return replace(request, create_fork=True)  # what was shown has it, if it is missing
    return request


def land(
    context: typer.Context,
    stage: Annotated[str | None, typer.Argument(help="A stage that is in no group.")] = None,
    group: Annotated[str | None, typer.Option(help="All members of this group, or none.")] = None,
    rest: Annotated[
        bool, typer.Option(help="Land what is left of a group of which some were merged alone.")
    ] = False,
    again: Annotated[
        bool, typer.Option(help="Land once more what landed and was taken back, as it was.")
    ] = False,
    revert: Annotated[
        str | None,
        typer.Option(metavar="TX|COMMIT", help="Take a landing back, by one update of the branch."),
    ] = None,
    resume: Annotated[bool, typer.Option(help="Settle what was begun; begin nothing.")] = False,
    abort: Annotated[bool, typer.Option(help="Give up what was begun and has not landed.")] = False,
    take_over: Annotated[bool, typer.Option(help="Break the lock of a dead landing.")] = False,
    use_bypass: Annotated[
        bool, typer.Option(help="Pass over rules of the branch, as admins may.")
    ] = False,
    jobs: Annotated[
        int | None, typer.Option("--jobs", "-j", min=1, help="Run so many checks at once.")
    ] = None,
    dry_run: Annotated[bool, typer.Option(help="Say whether it could land; land nothing.")] = False,
    rehearse: Annotated[
        bool, typer.Option("--rehearse", help="Land in a throw-away copy of the forge.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    trust_signers: Annotated[
        bool,
        typer.Option(
            "--trust-signers", help="Count what the plan's signers signed; once is enough."
        ),
    ] = False,
) -> Answer:
    """Bring a stage or a whole group upstream by one update of the branch."""
    options: Options = context.obj
    if resume and abort:
        raise UsageError("--resume and --abort: one of them")
    if rehearse and (dry_run or resume or abort):
        raise UsageError("--rehearse goes with neither --dry-run nor --resume nor --abort")
    mine = options.preferences
    request = LandRequest(
        stage=stage, group=group, revert=revert, rest=rest, again=again,
        take_over=take_over, dry_run=dry_run, use_bypass=use_bypass,
        ending=Ending.RESUME if resume else Ending.ABORT if abort else None,
        environment=settings.environment(), python=settings.python(),
        jobs=jobs or mine.jobs().value, work=None if rehearse else mine.lanes(),
    )  # fmt: skip
    with options.desk() as desk:
        terminal = options.terminal
        if trust_signers or not yes:
            agree_on_signers(terminal, desk.work, trust=trust_signers)
        hands = _hands(options, desk)
        access = runners.access(desk.work.plan, desk.work.directory.root)
        request = replace(request, access=access)
        if rehearse:
            return _rehearse_landing(options, desk, request)
        if options.terminal.can_ask and not (yes or dry_run or request.ending):
            _ask_to_land(options, hands, request)
        result = _land(hands, request)
    return Answer(land_document(result), land_text(result, _named(request)), land_code(result))


def _hands(options: Options, desk: Desk) -> Hands:
    terminal = options.terminal
    return Hands(desk.work, desk.forge, desk.place, partial(_building, terminal), terminal.told)


def _rehearse_landing(options: Options, desk: Desk, request: LandRequest) -> Answer:
    """Land in a copy, and say where to look at what came of it."""
    from stacker.cli.rehearsing import landed_there, rehearsed  # noqa: PLC0415 - a web server
    from stacker.render import rehearsal  # noqa: PLC0415 - as above

    try:
        with rehearsed(desk, options.terminal.told) as (there, copy):
            result, supposed, pulls = landed_there(
                there, copy, lambda at: landing.land(_hands(options, at), request)
            )
            root, url = copy.root, copy.url
    except KeyboardInterrupt as stopped:
        said = "Interrupted; nothing landed, the forge and the series are as they were."
        raise KeyboardInterrupt(said) from stopped
    document = {
        **land_document(result),
        "rehearsal": rehearsal.rehearsal_document(root, url, pulls) | {"supposed": [*supposed]},
    }
    came = land_text(result, _named(request)).partition("\nNext: ")[0]
    lines = [came, *(f"Supposed: {one}." for one in supposed)]
    said = rehearsal.rehearsal_text("\n".join(lines), root, url, pulls)
    return Answer(document, said, land_code(result))


def _named(request: LandRequest) -> str:
    """What a person called it."""
    taken = f"the revert of {request.revert[:10]}" if request.revert else ""
    return request.group or request.stage or taken


@contextmanager
def _building(terminal: Terminal) -> Iterator[Callable[[Event], None]]:
    """Who hears of the checks that run, while they do."""
    with interruptible(), progress(terminal) as say:
        yield say


def _land(hands: Hands, request: LandRequest) -> LandResult:
    """Land; an interrupt says whether the branch can have moved."""
    try:
        return landing.land(hands, request)
    except KeyboardInterrupt as stopped:
        begun = unfinished_in(hands.work.directory.state)
        said = "nothing landed." if not any(one.acted for one in begun) else (
            "run it again: it first finds out what landed."
        )  # fmt: skip
        raise KeyboardInterrupt(f"Interrupted; {said}") from stopped


def _ask_to_land(options: Options, hands: Hands, request: LandRequest) -> None:
    """A person sees what would land, and says yes, before the branch moves."""
    could = landing.land(hands, replace(request, dry_run=True))
    if could.state is State.NOT_LANDED:
        options.terminal.say(land_text(could, _named(request)))
        count = len(could.members)
        what = "this" if request.revert else f"{count} of {count}"
        if not options.terminal.ask(f"Land {what} in {could.branch}?"):
            raise UsageError("nothing landed", hint="`--dry-run` shows it without asking.")
