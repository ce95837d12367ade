"""The life of the series: its steps, and what became of stages in the newest of them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from stacker.log import flow as log
from stacker.render.log import bases_text, became, done
from stacker.report.value import History, Step
from stacker.series.versions import operations

if TYPE_CHECKING:
    from stacker.git.store import ObjectStore
    from stacker.log.value import Entry
    from stacker.series.versions.operations import Operation

_MOST = 300  # steps
_REPLAYS = 400  # of stages; to tell what became of them takes one each


def history(store: ObjectStore, stages: int) -> History:
    """The steps, newest first; of so many as `stages` allow it is told what became of each."""
    every = list(operations.history(store))
    told = min(_MOST, _REPLAYS // max(stages, 1))
    steps = [_told(one) for one in log.entries(store, most=told)] if told else []
    steps += [_step(one) for one in every[len(steps) : _MOST]]
    return History(tuple(steps), max(0, len(every) - _MOST))


def when(seconds: float) -> str:
    """A time, the same for every reader."""
    return time.strftime("%Y-%m-%d %H:%M", time.gmtime(seconds))


def _told(one: Entry) -> Step:
    here = one.operation
    base = bases_text(one.lock.bases) if here.command != operations.SEEN else ""
    became_of = tuple(became(one.changes))
    return Step(here.version, when(here.seconds), here.by, done(one), base, became_of)


def _step(one: Operation) -> Step:
    what = f"{one.command} {one.reason}".strip()
    return Step(one.version, when(one.seconds), one.by, what, "", ())
