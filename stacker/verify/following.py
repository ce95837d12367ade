"""One build on a bot, followed from its place in the queue to its end."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stacker.bots.orders import give_up
from stacker.bots.values import Results

if TYPE_CHECKING:
    from collections.abc import Callable

    from stacker.bots.master import Master
    from stacker.bots.values import Build
    from stacker.bots.watch import Watch

_CHECKOUT = 3600.0  # seconds that a worker may take to get the files
_GRACE = 20.0  # seconds that a build which we end may take for that


@dataclass(frozen=True, slots=True)
class Followed:
    """How it ended. `build` is None if it never began, and `why` then says why not, in words.

    `late` says that we ended it, for its time; `over` is false when the master may begin it again.
    """

    build: Build | None
    why: str = ""
    late: bool = False
    over: bool = True


@dataclass(frozen=True, slots=True)
class Terms:
    """How a build is waited for.

    `timeout`, in seconds, runs from when the worker has the files; `patience` is how long there may
    be no worker for it. `tell` hears of each step that it is at; `heed` may raise while we wait.
    """

    timeout: float
    patience: float
    tell: Callable[[Build, str], None]
    heed: Callable[[], None]


def follow(master: Master, watch: Watch, request: int, builder: int, terms: Terms) -> Followed:
    """Wait until the build that `builder` was asked for by `request` has ended, or end it after
    its time."""
    watch.add(request)
    try:
        return _follow(master, watch, request, builder, terms)
    finally:
        watch.drop(request)


def _follow(master: Master, watch: Watch, request: int, builder: int, terms: Terms) -> Followed:
    news = watch.about(request, terms.heed)
    first = news.builds.get(request)
    # One that had lost its worker before we looked waits to be begun again.
    lost = first if first and first.results is Results.RETRY and request in news.open else None
    clock, lonely = _Clock(terms.timeout), time.monotonic()
    said, late = None, False
    while True:
        now, build = time.monotonic(), news.builds.get(request)
        lonely = now if builder in news.manned else lonely
        if build is None or (lost and build.id == lost.id):
            if request not in news.open:
                return Followed(None, "it was cancelled there before it began")
            if now - lonely > terms.patience:
                return Followed(None, "no worker of its builder is connected", over=False)
        elif build.results is not None:
            return Followed(build, late=late, over=build.results is not Results.RETRY)
        else:
            steps = news.steps.get(build.id)
            step = next((one.name for one in steps or () if one.results is None), "")
            if steps is not None and step != said:
                terms.tell(build, step)
                said = step
            over = clock.over(build, now)
            if over > 0 and not late:
                give_up(master, request, "stacker: its time is up")
                late = True
            if over > _GRACE:
                return Followed(build, late=late)
        news = watch.next(news, terms.heed)


class _Clock:
    """How long a build has run."""

    def __init__(self, timeout: float) -> None:
        self._timeout = timeout
        self._seen: float | None = None
        self._has_files: float | None = None

    def over(self, build: Build, now: float) -> float:
        """By how many seconds it is too late; `now` is in seconds of a clock that never jumps."""
        self._seen = now if self._seen is None else self._seen
        if build.commit and self._has_files is None:
            self._has_files = now
        since = self._seen + _CHECKOUT if self._has_files is None else self._has_files
        return now - since - self._timeout
