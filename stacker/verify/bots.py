"""Builds of a runner of kind buildbot: asked for once, followed to their end, given up with us."""

from __future__ import annotations

import time
from collections import defaultdict
from contextlib import ExitStack, contextmanager, suppress
from itertools import count
from threading import Lock
from typing import TYPE_CHECKING, Self

from stacker.bots.commits import push, remove, sweep
from stacker.bots.logs import write_log
from stacker.bots.master import Master
from stacker.bots.orders import ask, builders, give_up
from stacker.bots.values import Identity
from stacker.bots.watch import Watch, finished
from stacker.errors import GitError, RunnerError, RunnerGone
from stacker.evidence.record import Record
from stacker.verify.bot_order import builder_of, order_of
from stacker.verify.bot_verdict import Shown, nothing, shown
from stacker.verify.following import Followed, Terms, follow
from stacker.verify.logs import digest_of
from stacker.verify.request import Underway

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from stacker.bots.values import Access, Build
    from stacker.verify.matrix import Cell
    from stacker.verify.request import VerifyRequest
    from stacker.verify.runner import Stop

_LOOK_BACK = 300  # builds of a builder among which one that is wanted may be


class Bots:
    """Builds the `cells` of one runner; for as many threads as there are. Use it as a context."""

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
        self._wanted = {builder_of(cell) for cell in cells}
        self._master = Master(self._access.url, self._access.account)
        self._gone = ""
        self._ids: dict[str, int] = {}
        self._watch: Watch | None = None
        self._open = ExitStack()
        self._archive: dict[int, dict[Identity, Build]] = {}
        self._archive_lock = Lock()
        self._numbers = count()
        self._left: dict[str, set[str]] = defaultdict(set)  # refs by repository

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
            stack.callback(self._sweep)
            self._open = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def build(self, cell: Cell, attempt: int) -> tuple[Record, str]:
        """The result of the cell's build there; and why it could not run, if so.

        One that runs already, or ended of itself, is taken instead of a new one, whoever asked.
        """
        number = next(self._numbers)
        self.request.log_of(cell.key).unlink(missing_ok=True)
        if self._watch is None:
            return self._record(cell, None, nothing(self._gone))
        try:
            with self._stop.over(self._watch.wake):
                return self._build(self._watch, cell, attempt, number)
        except (RunnerGone, GitError) as exc:
            return self._record(cell, None, nothing(exc.message))

    def _build(self, watch: Watch, cell: Cell, attempt: int, number: int) -> tuple[Record, str]:
        commit = self.request.stages[cell.stage].commit
        identity = Identity(self._ids[builder_of(cell)], cell.key, attempt, commit)
        news = watch.now(self._stop.heed)
        known = watch.asked(identity)
        for asked in known:
            record, reason = self._result(cell, self._followed(watch, cell, asked))
            if record.verdict.is_evidence or asked in news.open:
                return record, reason
        if not (known or self.request.rerun):
            past = self._past(identity)
            if past is not None and self._is_young(cell, past):
                record, reason = self._result(cell, Followed(past))
                if record.verdict.is_evidence:
                    return record, reason
        return self._new(watch, cell, identity, number)

    def _new(self, watch: Watch, cell: Cell, identity: Identity, number: int) -> tuple[Record, str]:
        """Ask for it; another stacker that asked for the same just before is followed instead."""
        with self._asked(watch, cell, identity, number) as (mine, ended):
            news = watch.now(self._stop.heed)
            first = min([mine, *(one for one in watch.asked(identity) if one in news.open)])
            if first == mine:
                done = self._followed(watch, cell, mine)
                if done.over:
                    ended.append(done)
                return self._result(cell, done)
        return self._result(cell, self._followed(watch, cell, first))

    @contextmanager
    def _asked(
        self, watch: Watch, cell: Cell, identity: Identity, number: int
    ) -> Iterator[tuple[int, list[Followed]]]:
        """The request for the cell's build, given up unless its end is in the list by then."""
        store, place = self.request.store, self._access.places[self._repository(cell)]
        branch = push(store, place, identity.commit, cell.key)
        ended: list[Followed] = []
        try:
            self._stop.heed()
            order = order_of(self.request, cell, identity, branch, number)
            mine = ask(self._master, self._access.scheduler, order)
            try:
                watch.add(mine)
                yield mine, ended
            finally:
                watch.drop(mine)
                if not ended:
                    with suppress(RunnerError):
                        give_up(self._master, mine, "stacker needs it no longer")
        finally:
            remove(store, place, branch)

    def _followed(self, watch: Watch, cell: Cell, request: int) -> Followed:
        said: list[str] = []

        def tell(build: Build, step: str) -> None:
            self._tell(Underway(cell, step, self._url(build), first=not said))
            said.append(step)

        terms = Terms(cell.check.timeout, self._access.patience, tell, self._stop.heed)
        return follow(self._master, watch, request, self._ids[builder_of(cell)], terms)

    def _result(self, cell: Cell, done: Followed) -> tuple[Record, str]:
        build = done.build
        if build is None:
            return self._record(cell, None, nothing(done.why))
        if done.over:  # a stacker that was killed left its ref
            self._left[self._repository(cell)].add(build.branch)
        log = self.request.log_of(cell.key)
        try:
            written = write_log(self._master, build, self._url(build), log)
        except RunnerError as exc:  # without its log a result is none
            return self._record(cell, build, nothing(exc.message))
        commit = self.request.stages[cell.stage].commit
        return self._record(cell, build, shown(build, written, commit, stopped=done.late))

    def _sweep(self) -> None:
        """Remove the refs of builds that have ended, whoever pushed them."""
        for repository, refs in self._left.items():
            with suppress(GitError):
                sweep(self.request.store, self._access.places[repository], refs)

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
        return f"{self._master.url}/#/builders/{build.builder}/builds/{build.number}"

    def _repository(self, cell: Cell) -> str:
        return self.request.stages[cell.stage].repository

    def _record(self, cell: Cell, build: Build | None, came: Shown) -> tuple[Record, str]:
        stage, log = self.request.stages[cell.stage], self.request.log_of(cell.key)
        url = self._url(build) if build else ""
        record = Record(
            key=cell.key,
            stage=cell.stage,
            check=cell.check.name,
            platform=cell.platform.name,
            verdict=came.verdict,
            exit_code=came.exit_code,
            seconds=max(0.0, build.ended_at - build.started_at) if build else 0.0,
            host=build.worker if build else "",
            commit=stage.commit,
            tree=stage.tree,
            base=stage.base,
            log=log.name if log.exists() else "",
            started_at=build.started_at if build else time.time(),
            clean=True,
            runner=self._runner,
            builder=builder_of(cell),
            url=url,
            log_digest=digest_of(log) if log.exists() else "",
            tools=cell.tools,
        )
        return record, f"{came.reason}; {url}" if came.reason and url else came.reason
