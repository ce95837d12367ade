"""`verify --watch`: look at home, decide, build what lacks evidence, let home hear of it; again."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, NoReturn, assert_never

from stacker.boxes.sign import Doing, Sign
from stacker.errors import BusyError, StackerError, UsageError
from stacker.git.tidy import tidy
from stacker.series.exclusive import held
from stacker.verify import trust as trusting
from stacker.verify.aborting import aborts
from stacker.verify.flow import verify
from stacker.verify.machine import this_machine
from stacker.verify.request import Ended, Priced, Started, Underway, VerifyRequest
from stacker.watch.deciding import Agreement, agreement, could_not, targets
from stacker.watch.newest import newest
from stacker.watch.post import Post, name_of
from stacker.watch.value import Came, Changed, Sent, Trouble, Waits, Watching

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from stacker.git.objects import Oid
    from stacker.git.store import ObjectStore
    from stacker.series.directory import SeriesDirectory
    from stacker.verify.matrix import Cell
    from stacker.verify.request import Event
    from stacker.watch.newest import Newest
    from stacker.watch.value import Box, Said


def watch(box: Box, wait: Callable[[float], None], say: Callable[[Said], None]) -> NoReturn:
    """Watch until somebody interrupts. Raises `UsageError` for a platform that there is not, and
    `BusyError` where another one watches already; `wait` lets so many seconds go by."""
    with _alone(box.directory):
        name = name_of(box)
        say(Watching(name, box))
        watcher = _Watcher(box, name, say)
        while True:
            if not watcher.look():
                wait(box.every)


@contextmanager
def _alone(directory: SeriesDirectory) -> Iterator[None]:
    directory.state.mkdir(exist_ok=True)
    try:
        with held(directory.state / "watching", 0):
            yield
    except BusyError as exc:
        raise BusyError(
            "another `verify --watch` works in this folder",
            hint="One is enough: it takes several `--platform`. Or give this one a clone of its "
            "own.",
        ) from exc


class _Watcher:
    """One box at its work: what it knows from look to look."""

    def __init__(self, box: Box, name: str, say: Callable[[Said], None]) -> None:
        self._box, self._name, self._say = box, name, say
        self._post = Post(box)
        self._head: Oid | None = None  # of home's versions, as it was last asked
        self._looked = self._asked = 0  # when home answered, and when it was asked
        self._newest: Newest | None = None
        self._built: Oid | None = None  # the head that it is of
        self._platforms: tuple[str, ...] = ()
        self._tried: set[str] = set()  # keys of what could not run here: once is enough
        self._aborted: set[tuple[str, str]] = set()  # columns of this version
        self._told: Said | None = None  # what need not be said again at each look

    def look(self) -> bool:
        """Look at home once, and do what is to be done; whether home has more already."""
        try:
            with self._box.opened() as store:
                head = self._ask(store)
                doing, what = self._work(store, head)
                self._tell(store, doing, what, results=True)
                tidy(store)
        except UsageError:
            raise
        except StackerError as exc:
            self._once(Trouble(exc.message, exc.hint))
            return False
        if doing is Doing.IDLE:
            self._told = None
        return self._head != head

    def _ask(self, store: ObjectStore) -> Oid | None:
        self._asked = self._box.now()
        self._head = self._post.fetch(store).heads.versions
        self._looked = self._box.now()
        return self._head

    def _work(self, store: ObjectStore, head: Oid | None) -> tuple[Doing, str]:
        """What there is to do of home's versions up to `head`; what others shall hear of it."""
        try:
            found = self._take(store, head)
            state, plan = self._box.directory.state, found.plan
            known = trusting.is_trusted(state, plan)
            match agreement(known=known, trust=self._box.trust):
                case Agreement.LACKING:
                    self._once(Waits(found.version, trusting.commands(plan)))
                    return Doing.WAITING, f"nobody agreed to the commands of v{found.version}"
                case Agreement.GIVEN:
                    self._say(Changed(found.version, trusting.commands(plan)))
                    trusting.trust(state, plan)
                case Agreement.KNOWN:
                    pass
                case never:
                    assert_never(never)
            return Doing.IDLE, self._build(store, found)
        except StackerError as exc:
            if isinstance(exc, UsageError) and not self._platforms:
                raise  # a mistake of who started it
            self._once(Trouble(exc.message, exc.hint))
            return Doing.TROUBLE, exc.message

    def _take(self, store: ObjectStore, head: Oid | None) -> Newest:
        found = self._newest
        if found is None or head != self._built or not found.is_in(store):
            found = newest(store, head, self._box)
            if head != self._built:
                self._say(Came(found.version, found.by))
            self._newest, self._built = found, head
            self._aborted.clear()
        box = self._box
        self._platforms = targets(found.plan, box.platforms, box.checks, this_machine())
        return found

    def _build(self, store: ObjectStore, found: Newest) -> str:
        """Build what lacks evidence; the first reason why something could not run here."""
        box = self._box
        request = VerifyRequest(
            plan=found.plan, store=store.git, stages=found.stages, repo_commits=found.beside,
            environment=box.environment, folder=box.directory.state, python=box.python,
            platforms=self._platforms, checks=box.checks, jobs=box.jobs, work=box.work,
            signing=box.signing,
            upstreams={name: one.url for name, one in box.upstreams(found.plan).items()},
        )  # fmt: skip
        result = verify(request, self._hearing(store), partial(self._hold, store))
        return could_not(found.plan, result) if self._head == self._built else ""

    def _hearing(self, store: ObjectStore) -> Callable[[Event], None]:
        """Hears what `verify` does; of a look that builds nothing nothing is said."""
        keys: dict[tuple[str, str, str], str] = {}
        price: list[Event] = []

        def hear(event: Event) -> None:
            match event:
                case Priced():
                    price.append(event)
                    return
                case Started(cell):
                    while price:
                        self._say(price.pop())
                    keys[cell.where] = cell.key
                    self._tell_meanwhile(store, cell)
                case Underway():
                    pass
                case Ended(one):
                    if not one.verdict.is_evidence:
                        self._tried.add(keys[one.where])
                    if aborts(one):
                        self._aborted.add(one.column)
                case never:
                    assert_never(never)
            self._say(event)

        return hear

    def _hold(self, store: ObjectStore, cell: Cell) -> str:
        """Why a build shall not begin; home is asked now and then whether it has more."""
        if cell.key in self._tried or cell.column in self._aborted:
            return "it could not run here before; the box tries again when it is started anew"
        if not 0 <= self._box.now() - self._asked < self._box.every:
            with suppress(StackerError):  # the next look says so
                self._ask(store)
        return "home has another version" if self._head != self._built else ""

    def _tell_meanwhile(self, store: ObjectStore, cell: Cell) -> None:
        """Say what is built; no build has to wait because home does not answer."""
        stage, check, platform = cell.where
        try:
            self._tell(store, Doing.BUILDING, f"{stage}: {check} for {platform}", results=False)
        except StackerError as exc:
            self._once(Trouble(exc.message, exc.hint))

    def _tell(self, store: ObjectStore, doing: Doing, what: str, *, results: bool) -> None:
        box, found = self._box, self._newest
        sign = Sign(
            box=self._name, host=box.host, account=box.account.name,
            platforms=self._platforms or box.platforms, doing=doing, what=what,
            version=found.version if found else 0, looked_at=self._looked, at=box.now(),
            stacker=box.stacker,
        )  # fmt: skip
        count = self._post.tell(store, sign, results=results)
        if count:
            self._say(Sent(count))

    def _once(self, said: Said) -> None:
        if said != self._told:
            self._told = said
            self._say(said)
