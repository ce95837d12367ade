"""A series directory opened for work: its plan, its object store, and where upstream is."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from stacker.errors import GitError, SeriesError
from stacker.git import arriving, nearby, transfer
from stacker.git.arriving import Origin
from stacker.git.leftovers import remove_leftovers
from stacker.git.objects import Oid, is_oid
from stacker.git.process import Git
from stacker.git.store import ObjectStore
from stacker.series.loading import Series, load
from stacker.series.lock import parse as parse_lock
from stacker.series.saving import see
from stacker.series.versions import ondisk, operations

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from stacker.git.arriving import Say
    from stacker.git.process import Credential
    from stacker.git.transfer import Told
    from stacker.series.directory import SeriesDirectory
    from stacker.series.lock import Lock
    from stacker.series.plan.model import Plan

LOCKS = "refs/heads/stacker-lock/"
"""Below which upstream has the lock of each branch that somebody lands on."""

ADOPTED = "adopt"
"""The command of an operation that found a version which another clone had made."""


class Upstream(NamedTuple):
    """One upstream repository as git reaches it. `branch` is `None` for its HEAD."""

    name: str
    url: str
    branch: str | None
    credential: Credential | None = None

    @property
    def ref(self) -> str:
        """The ref of the store that remembers its tip."""
        return f"refs/stacker/upstream/{self.name}"

    @property
    def locks(self) -> str:
        """Below which the store remembers the locks of landings there, by branch."""
        return f"refs/stacker/locks/{self.name}/"

    @property
    def origin(self) -> Origin:
        """Where it is."""
        return Origin(self.url, self.credential)

    @property
    def source(self) -> str:
        """The ref of upstream that is followed."""
        return f"refs/heads/{self.branch}" if self.branch else "HEAD"


class Workspace(NamedTuple):
    """What a command works with. `now` is in seconds since 1970.

    `finished` says that opening it finished the command before this one, which was killed.
    """

    directory: SeriesDirectory
    plan: Plan
    store: ObjectStore
    upstreams: Mapping[str, Upstream]
    now: int
    whoami: Callable[[], str]
    finished: bool = False

    @property
    def person(self) -> str:
        """Who runs the command; git is asked."""
        return self.whoami()

    def load(self, told: Told | None = None) -> Series:
        """The series; finishes what a killed command left, and fetches bases that are missing."""
        ondisk.write_files(self.store, self.directory)
        raw, series = self._read(told)
        if raw is not None and not series.edits and self._is_new(raw):
            see(
                self.directory, self.store, series.files, self.now,
                command=ADOPTED, by=self.person,
            )  # fmt: skip
        return series

    def look(self, told: Told | None = None) -> Series:
        """The series as its files say; nothing is finished, and no version is taken note of."""
        return self._read(told)[1]

    def _read(self, told: Told | None) -> tuple[bytes | None, Series]:
        """The lock as it is on disk, and the series."""
        files = ondisk.found(self.store, self.directory)
        raw = files.get("series.lock")
        if raw is not None:
            self.bring_bases(parse_lock(raw), told)
        return raw, load(files, self.store, self.plan)

    def bring_bases(self, lock: Lock, told: Told | None = None) -> None:
        """Fetch the bases of a lock that the store lacks, with their files."""
        for name, base in lock.bases.items():
            if self.store.find(base) is None and name in self.upstreams:
                self._fetch_base(self.upstreams[name], base, told)

    def _is_new(self, lock: bytes) -> bool:
        """Whether the newest operation knows another lock: a fresh clone, or a pull from home."""
        here = operations.current(self.store)
        return here is None or operations.file_of(self.store, here.oid, "series.lock") != lock

    def _fetch_base(self, upstream: Upstream, base: Oid, told: Told | None) -> None:
        fetch_tip(self.store, upstream, told)
        if self.store.find(base) is None:
            bring(self.store, upstream, base, told)
        known = known_tip(self.store, upstream)
        arriving.complete(self.store, upstream.origin, base, known, told=told)


def open_store(path: Path, object_format: str = "sha1") -> ObjectStore:
    """The object store at `path`, made when it is not there."""
    if not (path / "HEAD").is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        # A git that is killed at it leaves half a store, which no later one would mend.
        begun = path if path.exists() else path.with_name(f"{path.name}.begun")
        Git(path.parent).run(
            "init", "-q", "--bare", "--template=", f"--object-format={object_format}",
            "-b", "none", str(begun),
        )  # fmt: skip
        begun.rename(path)
    return ObjectStore(Git(path))


def store_in(directory: SeriesDirectory) -> ObjectStore:
    """The object store of a series directory, made when it is not there."""
    if (directory.store / "HEAD").is_file():
        return open_store(directory.store)
    ids = (directory.read("series.lock") or b"").split()
    is_long = any(len(word) == 66 for word in ids if word.startswith(b'"'))
    return open_store(directory.store, "sha256" if is_long else "sha1")


@contextmanager
def alone_in(directory: SeriesDirectory) -> Iterator[ObjectStore]:
    """The same, while no other command works there; raises `BusyError`."""
    with directory.exclusive():
        remove_leftovers(directory.store)
        with store_in(directory) as store:
            yield store


def fetch_tip(
    store: ObjectStore, upstream: Upstream, told: Told | None = None, say: Say | None = None
) -> Oid:
    """Fetch the upstream branch, if it is not as it was, and return its tip.

    Who lands there comes along, for those who look later and ask nobody. Of the first fetch of a
    big one `say` hears what is done.
    """
    known = known_tip(store, upstream)
    if known is not None and known == nearby.ref(Path(upstream.url), upstream.source):
        return known
    refspecs = [f"+{upstream.source}:{upstream.ref}"]
    if known is None:
        wanted = [*refspecs, _locks(upstream)]
        arriving.first(store, upstream.origin, wanted, told=told, say=say)
    else:
        _fetch(store, upstream, refspecs, told)
    tip = known_tip(store, upstream)
    if tip is None:
        raise GitError(f"{upstream.name}: the fetch brought no {upstream.source}")
    arriving.complete(store, upstream.origin, known or tip, tip, told=told, say=say)
    return tip


def fetch_locks(store: ObjectStore, upstream: Upstream, told: Told | None = None) -> None:
    """Fetch who lands there, and nothing else."""
    _fetch(store, upstream, [], told)


def _fetch(store: ObjectStore, upstream: Upstream, refspecs: list[str], told: Told | None) -> None:
    transfer.fetch(
        store.git, upstream.url, [*refspecs, _locks(upstream)],
        credential=upstream.credential, told=told, prune=True,
    )  # fmt: skip


def _locks(upstream: Upstream) -> str:
    return f"+{LOCKS}*:{upstream.locks}*"


def known_tip(store: ObjectStore, upstream: Upstream) -> Oid | None:
    """The tip as of the last fetch; `None` before the first."""
    return store.resolve(upstream.ref)


def bring(store: ObjectStore, upstream: Upstream, oid: Oid, told: Told | None = None) -> None:
    """Fetch one commit by its id."""
    try:
        transfer.fetch(store.git, upstream.url, [oid], credential=upstream.credential, told=told)
    except GitError as exc:
        raise SeriesError(
            f"{upstream.name} has no commit {oid}",
            hint="Its history was rewritten. Who still has the commit can give it: "
            f"`git -C .stacker/store.git fetch CLONE {oid}`.",
        ) from exc


def resolve(store: ObjectStore, upstream: Upstream, rev: str, told: Told | None = None) -> Oid:
    """The upstream commit that `rev` names: an id, a branch or a tag of upstream.

    Looks in the store first for full ids, then asks upstream. Raises `GitError`.
    """
    if is_oid(rev):
        oid = store.resolve(rev)
        if oid is None:
            bring(store, upstream, Oid(rev), told)
            oid = store.resolve(rev)
        if oid is not None:
            return oid
    local = nearby.rev(Path(upstream.url), rev)
    if local is None:
        refs = transfer.ask(upstream.url, store.git.directory, upstream.credential).refs
        names = (f"refs/tags/{rev}^{{}}", rev, f"refs/heads/{rev}", f"refs/tags/{rev}")
        local = next((refs[name] for name in names if name in refs), None)
    if local is None:
        local = store.resolve(rev) if not rev.startswith("-") else None
    if local is None:
        raise GitError(
            f"{upstream.name} has no {rev!r}",
            hint="Name a branch, a tag or a full commit id of upstream.",
        )
    if store.find(local) is None:
        bring(store, upstream, local, told)
    return local


def pull_head(store: ObjectStore, upstream: Upstream, number: int, told: Told | None = None) -> Oid:
    """The head of a pull request, which its upstream has for everybody, from any fork."""
    ref = f"refs/pull/{number}/head"
    offered = transfer.ask(upstream.url, store.git.directory, upstream.credential, ref).refs
    if ref not in offered:
        raise GitError(
            f"{upstream.name} has no pull request #{number}",
            hint="Check the number; `--repository` names another repository of the plan.",
        )
    if store.find(offered[ref]) is None:
        bring(store, upstream, offered[ref], told)
    return offered[ref]
