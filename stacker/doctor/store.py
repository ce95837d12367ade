"""The object store and the lock: are all objects there and whole, and does the lock fit them?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.doctor.finding import failed, ok, problem, warning
from stacker.errors import GitError, StackerError
from stacker.git.objects import Oid
from stacker.git.pack import object_id
from stacker.git.process import Git
from stacker.git.store import ObjectStore
from stacker.series.loading import load
from stacker.series.lock import Lock
from stacker.series.lock import parse as parse_lock
from stacker.series.versions import ondisk, operations

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from stacker.doctor.finding import Finding
    from stacker.series.directory import SeriesDirectory
    from stacker.series.plan.model import Plan

_PATIENCE = 60.0  # seconds that looking through all objects may take
_AT_ONCE = 500  # objects in memory
_REBUILD = (
    "Move .stacker/store.git away; the next command builds it again from series.lock, "
    "patches/ and upstream. Earlier versions are in the old one only."
)


def examine_store(directory: SeriesDirectory, plan: Plan) -> Iterator[Finding]:
    """Lock, store, and whether they fit."""
    raw = directory.read("series.lock")
    try:
        lock = parse_lock(raw) if raw is not None else Lock()
    except StackerError as exc:
        yield failed("lock", exc)
        return
    if not (directory.store / "HEAD").is_file():
        yield ok("lock", f"v{lock.version}, {len(lock.stages)} stages")
        yield warning(
            "store", "there is none yet", "The first command that needs it makes it, as `rebase`."
        )
        return
    with ObjectStore(Git(directory.store)) as store:
        damage = _damage(store, lock)
        if damage:
            yield ok("lock", f"v{lock.version}, {len(lock.stages)} stages")
            yield problem("store", damage, _REBUILD)
            return
        missing = [name for name, base in lock.bases.items() if store.find(base) is None]
        if missing:
            yield ok("lock", f"v{lock.version}, {len(lock.stages)} stages")
            yield warning(
                "store",
                f"it lacks the base of {', '.join(missing)}",
                "The next command that needs it fetches it, as `rebase`.",
            )
        else:
            yield _fit(directory, store, plan, lock)
        if ondisk.pending(store, directory):
            what = "a command was killed before it had written its files"
            yield warning("files", what, "The next command writes them.")
        yield _connected(store)


def lock_of(directory: SeriesDirectory) -> Lock:
    """The lock as it is on disk; an empty one where it cannot be read, which was said before."""
    raw = directory.read("series.lock")
    try:
        return parse_lock(raw) if raw is not None else Lock()
    except StackerError:
        return Lock()


def _fit(directory: SeriesDirectory, store: ObjectStore, plan: Plan, lock: Lock) -> Finding:
    try:
        series = load(directory.files(), store, plan)
    except StackerError as exc:
        return failed("lock", exc)
    if series.edits:
        hint = "The next command that needs the series makes a version of that."
        return warning("lock", f"edited by hand: {'; '.join(series.edits)}", hint)
    return ok("lock", f"v{lock.version} fits the plan and the patches")


def _damage(store: ObjectStore, lock: Lock) -> str:
    """What is wrong with an object that the series itself needs; empty when all can be read.

    To read each object of upstream takes minutes, so `_connected` only asks whether they are there.
    """
    try:
        needed = _needed(store, lock)
        for start in range(0, len(needed), _AT_ONCE):
            some = needed[start : start + _AT_ONCE]
            for oid, found in zip(some, store.find_many(some), strict=True):
                if found is None:
                    return f"{oid} is missing, or cannot be read"
                if object_id(store.algorithm, found[0], found[2]) != oid:
                    return f"{found[0]} {oid} is damaged"
    except GitError as exc:
        return exc.message
    return ""


def _needed(store: ObjectStore, lock: Lock) -> Sequence[Oid]:
    """The files of the newest operation, the base's folders, what patches change and make."""
    git, found = store.git, []
    head = git.attempt("rev-parse", "--verify", "--quiet", operations.HEAD)
    if head.code == 0:
        found += git.text("ls-tree", "-r", "-t", "--format=%(objectname)", operations.HEAD).split()
    bases = [base for base in lock.bases.values() if store.find(base) is not None]
    for tree in bases:
        found += [tree, *git.text("ls-tree", "-r", "-d", "--format=%(objectname)", tree).split()]
    for line in lock.stages:
        base = lock.bases.get(line.repository)
        if base is None or base not in bases or line.landed or not store.find(line.commit):
            continue
        new = git.text("rev-list", "--objects", "--no-object-names", line.commit, f"^{base}", "--")
        found += new.split()
        for change in git.text("diff-tree", "-r", base, line.commit).splitlines():
            old_mode, _, old, _, _ = change.split(" ", 4)
            if old_mode.strip(":") not in ("000000", "160000"):
                found.append(old)
    return [Oid(oid) for oid in dict.fromkeys(found)]


def _connected(store: ObjectStore) -> Finding:
    try:
        done = store.git.attempt(
            "fsck", "--connectivity-only", "--no-dangling", "--no-progress", timeout=_PATIENCE
        )
    except GitError:
        return warning("store", f"looking through it took more than {_PATIENCE:g} s")
    if done.code == 0:
        return ok("store", "all its objects are there")
    said = (done.out + done.err).decode("utf-8", "replace").strip().splitlines()
    # git begins with what is no fault, a store without branches for example.
    faults = [line for line in said if not line.startswith("notice: ")]
    return problem("store", faults[0] if faults else done.said, _REBUILD)
