"""News of all builds of a master at once, for the threads that wait for one each.

Each turn asks a handful of questions, however many builds are watched, and starts some time after
the last, or at once when somebody needs to know what is so now.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from threading import Condition, Thread
from types import MappingProxyType
from typing import TYPE_CHECKING, Self

from stacker.bots.reading import (
    BUILD_PROPERTIES,
    PROPERTIES,
    build_of,
    builders_manned,
    collection,
    request_of,
    step_of,
)
from stacker.bots.values import Results
from stacker.errors import RunnerError, RunnerGone

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from stacker.bots.master import Master
    from stacker.bots.values import Build, Identity, Step

_STEPS = 4  # builds whose steps are asked for in a turn


@dataclass(frozen=True, slots=True)
class News:
    """What was so in one turn, which asked about the requests `watched`.

    `open` are all requests that have not ended, `manned` the builders of which a worker is
    connected, `builds` the newest build of each watched request, `steps` those of some, by build.
    """

    turn: int
    watched: frozenset[int]
    open: frozenset[int]
    manned: frozenset[int]
    builds: Mapping[int, Build]
    steps: Mapping[int, tuple[Step, ...]]


_NOTHING = News(
    0, frozenset(), frozenset(), frozenset(), MappingProxyType({}), MappingProxyType({})
)


class Watch:
    """Watches what was asked of `builders` (ids), in a thread of its own; close it.

    It asks every `tick` seconds, and gives up when the master was silent for `patience` seconds.
    """

    def __init__(
        self, master: Master, builders: Collection[int], *, tick: float, patience: float
    ) -> None:
        self._master, self._builders = master, sorted(builders)
        self._tick, self._patience = tick, patience
        self._changed = Condition()
        self._news = _NOTHING
        self._begun = 0
        self._wanted = 0
        self._watched: set[int] = set()
        self._asked: dict[Identity, list[int]] = {}
        self._failed: RunnerError | None = None
        self._closed = False
        self._thread = Thread(target=self._run, name="build master", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._thread.join()

    def wake(self) -> None:
        """Have all that wait look up."""
        with self._changed:
            self._changed.notify_all()

    def add(self, request: int) -> None:
        """Watch what becomes of a request."""
        with self._changed:
            self._watched.add(request)

    def drop(self, request: int) -> None:
        """Watch it no longer."""
        with self._changed:
            self._watched.discard(request)

    def asked(self, identity: Identity) -> list[int]:
        """All requests for that build that were ever seen open, the first one first."""
        with self._changed:
            return sorted(self._asked.get(identity, ()))

    def now(self, heed: Callable[[], None]) -> News:
        """What is so after this was called; `heed` may raise while it waits, as in `next`."""
        with self._changed:
            turn = self._begun + 1
            self._wanted = max(self._wanted, turn)
            self._changed.notify_all()
            return self._wait(turn, heed)

    def about(self, request: int, heed: Callable[[], None]) -> News:
        """The newest news that tell of a request which is watched."""
        with self._changed:
            if request in self._news.watched:
                return self._news
        return self.now(heed)

    def next(self, last: News, heed: Callable[[], None]) -> News:
        """What is so one turn after `last`, or more."""
        with self._changed:
            return self._wait(last.turn + 1, heed)

    def _wait(self, turn: int, heed: Callable[[], None]) -> News:
        while self._news.turn < turn:
            heed()
            if self._failed is not None:
                raise type(self._failed)(self._failed.message, hint=self._failed.hint)
            self._changed.wait()
        return self._news

    def _run(self) -> None:
        try:
            self._look()
        finally:  # else whoever waits would wait for ever
            self._fail(self._failed or RunnerError("the build master is watched no longer"))

    def _look(self) -> None:
        heard = time.monotonic()
        while not self._closed:
            try:
                self._turn()
                heard = time.monotonic()
            except RunnerGone as exc:
                if time.monotonic() - heard > self._patience:
                    self._failed = exc
                    return
            except RunnerError as exc:
                self._failed = exc
                return
            with self._changed:
                self._changed.wait_for(self._is_wanted, self._tick)

    def _is_wanted(self) -> bool:
        return self._closed or self._wanted > self._begun

    def _fail(self, exc: RunnerError) -> None:
        with self._changed:
            self._failed = exc
            self._changed.notify_all()

    def _turn(self) -> None:
        with self._changed:
            turn = self._begun = self._begun + 1
            watched = sorted(self._watched)
        answer = self._master.get(
            "read what was asked for",
            "/buildrequests",
            {"complete": "false", "builderid__in": self._builders, "property": PROPERTIES},
        )
        requests = [request_of(entry) for entry in collection(answer, "buildrequests")]
        workers = self._master.get("read its workers", "/workers")
        manned = builders_manned(collection(workers, "workers"))
        builds = self._builds(watched)
        steps = self._steps([one for one in builds.values() if one.results is None], turn)
        with self._changed:
            for one in requests:
                if one.identity is not None:
                    known = self._asked.setdefault(one.identity, [])
                    known += [] if one.id in known else [one.id]
            unended = frozenset(one.id for one in requests)
            self._news = News(turn, frozenset(watched), unended, manned, builds, steps)
            self._changed.notify_all()

    def _builds(self, watched: list[int]) -> dict[int, Build]:
        if not watched:
            return {}
        answer = self._master.get(
            "read its builds",
            "/builds",
            {"buildrequestid__in": watched, "property": BUILD_PROPERTIES, "order": "buildid"},
        )
        found = map(build_of, collection(answer, "builds"))
        return {one.request: one for one in found if one.request in watched}

    def _steps(self, running: list[Build], turn: int) -> dict[int, tuple[Step, ...]]:
        """Of so many as may be asked in a turn, each of them in its turn."""
        start = turn * _STEPS % len(running) if len(running) > _STEPS else 0
        return {
            one.id: steps_of(self._master, one)
            for one in (running[start:] + running[:start])[:_STEPS]
        }


def steps_of(master: Master, build: Build) -> tuple[Step, ...]:
    """The steps of a build, in order."""
    answer = master.get("read its steps", f"/builds/{build.id}/steps")
    return tuple(map(step_of, collection(answer, "steps")))


def finished(master: Master, builder: int, most: int) -> dict[Identity, Build]:
    """The newest build of each identity among the last `most` that came to an end of their own."""
    answer = master.get(
        "read its builds",
        f"/builders/{builder}/builds",
        {"complete": "true", "order": "-buildid", "limit": most, "property": BUILD_PROPERTIES},
    )
    found: dict[Identity, Build] = {}
    for build in map(build_of, collection(answer, "builds")):
        if build.identity is not None and build.results in _OF_THEIR_OWN:
            found.setdefault(build.identity, build)
    return found


_OF_THEIR_OWN = frozenset({Results.SUCCESS, Results.WARNINGS, Results.FAILURE})
