"""The object store and the lock: are all objects there, and does the lock fit them?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.doctor.finding import failed, ok, problem, warning
from stacker.errors import GitError, StackerError
from stacker.git.process import Git
from stacker.git.store import ObjectStore
from stacker.series import versions
from stacker.series.loading import load
from stacker.series.lock import Lock
from stacker.series.lock import parse as parse_lock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stacker.doctor.finding import Finding
    from stacker.series.directory import SeriesDirectory
    from stacker.series.plan import Plan

_PATIENCE = 60.0  # seconds that looking through all objects may take


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
        if versions.pending(store, directory):
            what = "a command was killed before it had written its files"
            yield warning("files", what, "The next command writes them.")
        yield _connected(store)


def _fit(directory: SeriesDirectory, store: ObjectStore, plan: Plan, lock: Lock) -> Finding:
    try:
        series = load(directory, store, plan)
    except StackerError as exc:
        return failed("lock", exc)
    if series.edits:
        hint = "The next command that needs the series makes a version of that."
        return warning("lock", f"edited by hand: {'; '.join(series.edits)}", hint)
    return ok("lock", f"v{lock.version} fits the plan and the patches")


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
    return problem(
        "store",
        f"objects are missing: {said[0] if said else done.said}",
        "Move .stacker/store.git away; the next command builds it again from series.lock, "
        "patches/ and upstream.",
    )
