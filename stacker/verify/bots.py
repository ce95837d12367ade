"""Builds of a runner of kind buildbot: asked for once, followed to their end, given up with us."""

from __future__ import annotations

import json
import time
from contextlib import ExitStack, contextmanager, suppress
from itertools import count
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple, Self

from stacker.bots.commits import push, remove
from stacker.bots.logs import write_log
from stacker.bots.master import Master
from stacker.bots.orders import ask, builders, give_up
from stacker.bots.values import Identity, Order, Results
from stacker.bots.watch import Watch, finished
from stacker.errors import GitError, RunnerError, RunnerGone
from stacker.evidence.record import Record, Verdict
from stacker.verify.bot_verdict import Shown, shown
from stacker.verify.commands import fill
from stacker.verify.environment import asked_for
from stacker.verify.logs import digest_of
from stacker.verify.request import Underway

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from stacker.bots.values import Access, Build
    from stacker.bots.watch import News
    from stacker.verify.matrix import Cell
    from stacker.verify.request import VerifyRequest
    from stacker.verify.runner import Stop

_FIRST = 1000  # the priority of the first build, for those asked in one second start in any order
_LOOK_BACK = 300  # builds of a builder among which one that is wanted may be
_GRACE = 20.0  # seconds that a build which we end may take for that


class Asked(NamedTuple):
    """A request for a build; `branch` is the ref that we pushed for it, empty if others asked."""

    id: int
    branch: str


class Bots:
    """Builds the cells of one runner; of as many threads as there are. Use it as a context."""

    def __init__(
        self,
        request: VerifyRequest,
        runner: str,
        cells: Sequence[Cell],
        stop: Stop,
        tell: Callable[[Underway], None],
    ) -> None:
        self.request = request
        self._runner, self._stop, self._tell = runner, stop, tell
        self._access: Access = request.access[runner]
        self._wanted = {_builder(cell) for cell in cells}
        self._master = Master(self._access.url, self._access.account)
        self._gone = ""
        self._ids: dict[str, int] = {}
        self._watch: Watch | None = None
        self._open = ExitStack()
        self._archive: dict[int, dict[Identity, Build]] = {}
        self._archive_lock = Lock()
        self._numbers = count()
        self._ended: set[int] = set()

    def __enter__(self) -> Self:
        """Log in, and look whether all builders are there; a master that is gone is remembered."""
        with ExitStack() as stack:
            stack.enter_context(self._master)
            try:
                self._master.login()
                self._ids = builders(self._master, self._access.scheduler, self._wanted)
            except RunnerGone as exc:
                self._gone = exc.message
            else:
                watch = Watch(
                    self._master, self._ids.values(),
                    tick=self._access.tick, patience=self._access.patience,
                )  # fmt: skip
                self._watch = stack.enter_context(watch)
            self._open = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def build(self, cell: Cell, attempt: int) -> tuple[Record, str]:
        """The result of the cell's build there; and why it could not run, if so.

        One that runs already, or ended of itself, is taken instead of a new one, whoever asked.
        """
        self.request.log_of(cell.key).unlink(missing_ok=True)
        if self._watch is None:
            return self._record(cell, None, _not(self._gone)), self._gone
        try:
            with self._stop.over(self._watch.wake):
                return self._build(self._watch, cell, attempt)
        except (RunnerGone, GitError) as exc:
            return self._record(cell, None, _not(exc.message)), exc.message

    def _build(self, watch: Watch, cell: Cell, attempt: int) -> tuple[Record, str]:
        commit = self.request.stages[cell.stage].commit
        identity = Identity(self._ids[_builder(cell)], cell.key, attempt, commit)
        news = watch.now(self._stop.heed)
        known = watch.asked(identity)
        for asked in known:
            ended = asked not in news.open
            build, stopped = self._followed(watch, cell, Asked(asked, ""))
            record, reason = self._result(cell, build, stopped=stopped)
            if record.verdict.is_evidence or not ended:
                return record, reason
        if not (known or self.request.rerun):
            past = self._past(identity)
            if past is not None and self._is_young(cell, past):
                return self._result(cell, past)
        return self._new(watch, cell, identity)

    def _new(self, watch: Watch, cell: Cell, identity: Identity) -> tuple[Record, str]:
        """Ask for it; another stacker that asked for the same just before is followed instead."""
        with self._asked(cell, identity) as mine:
            news = watch.now(self._stop.heed)
            first = min([mine.id, *(one for one in watch.asked(identity) if one in news.open)])
            if first == mine.id:
                build, stopped = self._followed(watch, cell, mine)
                return self._result(cell, build, stopped=stopped)
        build, stopped = self._followed(watch, cell, Asked(first, ""))
        return self._result(cell, build, stopped=stopped)

    @contextmanager
    def _asked(self, cell: Cell, identity: Identity) -> Iterator[Asked]:
        """The request for the cell's build; what has not ended when this ends is given up."""
        request, place = self.request, self._access.places[self._repository(cell)]
        branch = push(request.store, place, identity.commit, cell.key)
        try:
            self._stop.heed()
            order = Order(
                builder=_builder(cell),
                branch=branch,
                commit=identity.commit,
                priority=max(0, _FIRST - next(self._numbers)),
                reason=f"stacker verify: {cell.stage}: {cell.check.name} for {cell.platform.name}",
                properties=_properties(request, cell, identity),
            )
            mine = Asked(ask(self._master, self._access.scheduler, order), branch)
            try:
                yield mine
            finally:
                if mine.id not in self._ended:
                    with suppress(RunnerError):
                        give_up(self._master, mine.id, "stacker needs it no longer")
        finally:
            remove(request.store, place, branch)

    def _followed(self, watch: Watch, cell: Cell, asked: Asked) -> tuple[Build | None, bool]:
        """The build in the end, None if it never began; and whether we ended it, for its time."""
        watch.add(asked.id)
        try:
            return self._follow(watch, cell, asked)
        finally:
            watch.drop(asked.id)

    def _follow(self, watch: Watch, cell: Cell, asked: Asked) -> tuple[Build | None, bool]:
        news = watch.now(self._stop.heed)
        begun: float | None = None
        said, stopped = None, False
        while True:
            build = news.builds.get(asked.id)
            if build is None and asked.id not in news.open:
                self._ended.add(asked.id)
                return None, False
            if build is not None and build.results is not None:
                if build.results is not Results.RETRY:  # that one the master begins again
                    self._ended.add(asked.id)
                return build, stopped
            if build is not None:
                begun = begun or time.monotonic()
                said = self._say(cell, build, news, said)
                late = time.monotonic() - begun - cell.check.timeout
                if late > 0 and not stopped:
                    give_up(self._master, asked.id, "stacker: its time is up")
                    stopped = True
                if late > _GRACE:
                    return build, stopped
            news = watch.next(news, self._stop.heed)

    def _say(self, cell: Cell, build: Build, news: News, said: str | None) -> str | None:
        """Tell of the step that the build is at, if that is another than was `said`."""
        steps = news.steps.get(build.id)
        if steps is None:
            return said
        step = next((one.name for one in steps if one.results is None), "")
        if step != said:
            self._tell(Underway(cell, step, self._url(build), first=said is None))
        return step

    def _result(
        self, cell: Cell, build: Build | None, *, stopped: bool = False
    ) -> tuple[Record, str]:
        if build is None:
            came = _not("it was cancelled there before it began")
            return self._record(cell, None, came), came.reason
        log = self.request.log_of(cell.key)
        written = write_log(self._master, build, self._url(build), log)
        commit = self.request.stages[cell.stage].commit
        came = shown(build, written, commit, cell.check.timeout, stopped=stopped)
        reason = f"{came.reason}; {self._url(build)}" if came.reason else ""
        return self._record(cell, build, came), reason

    def _past(self, identity: Identity) -> Build | None:
        """A build of old that ended of itself."""
        with self._archive_lock:
            if identity.builder not in self._archive:
                found = finished(self._master, identity.builder, _LOOK_BACK)
                self._archive[identity.builder] = found
            return self._archive[identity.builder].get(identity)

    def _is_young(self, cell: Cell, build: Build) -> bool:
        age = cell.check.max_age
        return age is None or time.time() - build.ended_at <= age

    def _url(self, build: Build) -> str:
        return f"{self._access.url.rstrip('/')}/#/builders/{build.builder}/builds/{build.number}"

    def _repository(self, cell: Cell) -> str:
        return self.request.stages[cell.stage].repository

    def _record(self, cell: Cell, build: Build | None, came: Shown) -> Record:
        stage, log = self.request.stages[cell.stage], self.request.log_of(cell.key)
        ended = build is not None and build.results is not None
        return Record(
            key=cell.key,
            stage=cell.stage,
            check=cell.check.name,
            platform=cell.platform.name,
            verdict=came.verdict,
            exit_code=came.exit_code,
            seconds=max(0, build.ended_at - build.started_at) if build and ended else 0,
            host=build.worker if build else "",
            commit=stage.commit,
            tree=stage.tree,
            base=stage.base,
            log=log.name if log.exists() else "",
            started_at=build.started_at if build else time.time(),
            clean=True,
            runner=self._runner,
            builder=_builder(cell),
            url=self._url(build) if build else "",
            log_digest=digest_of(log) if log.exists() else "",
            tools=cell.tools,
        )


def _builder(cell: Cell) -> str:
    return cell.check.builder(cell.platform)


def _not(reason: str) -> Shown:
    return Shown(Verdict.COULD_NOT_RUN, None, reason)


def _properties(request: VerifyRequest, cell: Cell, identity: Identity) -> dict[str, str]:
    """What the builder is told; `{jobs}` and `{python}` are the worker's to fill."""
    stage = request.stages[cell.stage]
    values = {
        "platform": cell.platform.name,
        "stage": stage.stage,
        "base": stage.base,
        "jobs": "{jobs}",
        "python": "{python}",
    }
    return {
        "stacker_key": identity.key,
        "stacker_attempt": str(identity.attempt),
        "stacker_commit": identity.commit,
        "stacker_series": request.plan.name,
        "stacker_stage": stage.stage,
        "stacker_check": cell.check.name,
        "stacker_platform": cell.platform.name,
        "stacker_base": stage.base,
        "stacker_timeout": f"{cell.check.timeout:g}",
        "stacker_run": json.dumps([fill(step, values) for step in cell.check.run]),
        "stacker_env": json.dumps(asked_for(request.environment, cell.check.env)),
    }
