"""`verify --watch`: a box that serves a team until somebody stops it."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING, NoReturn

from stacker import __version__, settings, wiring
from stacker.cli.agreeing import own_key
from stacker.errors import UsageError
from stacker.render.watch import said_text, watching_document
from stacker.series.plan.reading import read_plan
from stacker.series.plan.shapes import seconds_in
from stacker.series.workspace import alone_in
from stacker.verify.machine import machine_name
from stacker.watch.account import this_account
from stacker.watch.flow import watch
from stacker.watch.value import Box, Watching

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stacker.cli.context import Options
    from stacker.watch.account import Account
    from stacker.watch.value import Said

_ENDED = "Stopped watching; what ended by then is recorded. What home lacks of it goes next time."

_LONGEST = 86_400  # seconds


def watch_home(
    options: Options, platforms: Sequence[str], checks: Sequence[str],
    *, jobs: int | None, trust: bool, every: str, as_root: bool,
) -> NoReturn:  # fmt: skip
    """Watch home until Ctrl-C or SIGTERM."""
    account = this_account()
    _refuse_mighty(account, as_root=as_root)
    seconds = _seconds(every)
    directory = wiring.directory(options.folder)
    mine = options.preferences
    box = Box(
        directory=directory, home=wiring.home(read_plan(directory.plan_file), directory),
        opened=partial(alone_in, directory),
        upstreams=partial(wiring.public_upstreams, directory),
        host=machine_name(), account=account,
        environment=settings.environment(), python=settings.python(),
        platforms=tuple(platforms), checks=tuple(checks),
        jobs=jobs or mine.jobs().value, work=mine.lanes(), trust=trust,
        signing=own_key(), every=seconds, now=settings.now, stacker=__version__,
    )  # fmt: skip
    options.if_interrupted = _ENDED

    def say(said: Said) -> None:
        if isinstance(said, Watching):
            options.terminal.ready(watching_document(said), said_text(said))
        else:
            options.terminal.say(said_text(said))

    watch(box, time.sleep, say)


def _refuse_mighty(account: Account, *, as_root: bool) -> None:
    if account.mighty and not as_root:
        raise UsageError(
            f"{account.name} may do anything on this machine, and so might all that is built here",
            hint="Use an account that is for this alone; `--as-root` insists.",
        )


def _seconds(every: str) -> float:
    found = seconds_in(every)
    if not 0 < found <= _LONGEST:
        raise UsageError(
            f"--every: no time up to a day {every!r}", hint='Write it as "90s" or "5m".'
        )
    return found
