"""Steps of home as operations of this store, and ours behind them."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

from stacker.errors import PatchError, SeriesError, StackerError
from stacker.git.objects import Commit
from stacker.series.directory import LOCK
from stacker.series.loading import as_left
from stacker.series.patches.paths import wrong_on_windows
from stacker.series.saving import kept
from stacker.series.versions import operations
from stacker.series.versions.recording import NewOperation
from stacker.series.versions.snapshot import Snapshot
from stacker.sync.numbering import content_in, lock_in, with_numbers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from stacker.git.objects import Oid
    from stacker.git.store import ObjectStore
    from stacker.series.lock import Lock
    from stacker.series.versions.operations import Operation
    from stacker.sync.line import SharedStep
    from stacker.sync.numbering import Numbering

_REBUILT = 100  # versions whose commits are made again; of older ones only the files are there
# What a series directory has; anything else would be written where stacker writes nothing.
_NAMES = re.compile(r"series\.(?:toml|lock)|(?:series|patches|resolutions)(?:/[^/\\\x00-\x1f]+)+")


def files_of(store: ObjectStore, tree: Oid) -> dict[str, bytes]:
    """The files of a shared step; raises `SeriesError` for what no series directory has."""
    return operations.contents(store, _ids_of(store, tree))


def _ids_of(store: ObjectStore, tree: Oid) -> dict[str, Oid]:
    found: dict[str, Oid] = {}
    for entry in store.files(tree):
        name = entry.name.decode("utf-8", "surrogateescape")
        if entry.mode != "100644" or _is_strange(name):
            raise _not_of_a_series(name)
        found[name] = entry.oid
    return found


def refuse_names(names: Iterable[str], *, ours: bool) -> None:
    """Raise `SeriesError` if others of a team could not have one of these files, or we theirs."""
    for name in names:
        why = wrong_on_windows(name.encode("utf-8", "surrogateescape"))
        if why is None and not _is_strange(name):
            continue
        if not ours:
            raise _not_of_a_series(name)
        raise SeriesError(
            f"{name!r} {why or 'is no name that everybody could have'}, so it cannot be shared",
            hint="Give it another name, and run the command again.",
        )


def _is_strange(name: str) -> bool:
    parts = name.split("/")
    return not _NAMES.fullmatch(name) or any(x in (".", "..") or x.lower() == ".git" for x in parts)


def _not_of_a_series(name: str) -> SeriesError:
    return SeriesError(
        f"home's series has {name!r}, which no series directory has",
        hint="Somebody else wrote refs/stacker/versions of home. Ask who may push there.",
    )


def taken(
    store: ObjectStore, steps: Sequence[SharedStep], numbering: Numbering
) -> list[NewOperation]:
    """Home's steps as operations; the newest must be a series, of older ones files may do."""
    new: list[NewOperation] = []
    rebuilt: set[str] = set()
    for n, step in reversed(list(enumerate(steps))):
        with of_home(step):
            ids = _ids_of(store, step.tree)
            lock = lock_in(operations.contents(store, _only_lock(ids)))
            content = content_in(lock, step.command)
            if content is not None and content not in rebuilt and len(rebuilt) < _REBUILT:
                rebuilt.add(content)
                _refuse_other_commits(store, lock)
                _rebuild(store, operations.contents(store, ids), needed=n == len(steps) - 1)
        keep = tuple(kept(store, lock)) if content is not None else ()
        new.append(
            NewOperation(
                Snapshot.known(step.tree), keep, step.version, content, step.command,
                step.reason, step.seconds, step.by,
            )
        )  # fmt: skip
    for one in reversed(new):
        numbering.note(one.version, one.content)
    return new[::-1]


def renumbered(
    store: ObjectStore, ours: Sequence[Operation], numbering: Numbering
) -> list[NewOperation]:
    """Our operations once more, to come behind others, with numbers that nobody has given."""
    new: list[NewOperation] = []
    for one in ours:
        files = operations.files_of(store, one.oid)
        lock = lock_in(files)
        content = content_in(lock, one.command)
        if content is None and one.version == lock.version:  # what it was edited by hand from
            number = numbering.of(one.version)
        else:
            number = numbering.give(one.version, content)
        files = with_numbers(files, numbering)
        keep = store.commit(one.oid).parents[1 if one.previous else 0 :]
        what = Snapshot.of(store.algorithm, files)
        new.append(
            NewOperation(
                what, keep, number, content, one.command, one.reason, one.seconds, one.by
            )
        )  # fmt: skip
    return new


def _only_lock(ids: Mapping[str, Oid]) -> dict[str, Oid]:
    return {LOCK: ids[LOCK]} if LOCK in ids else {}


@contextmanager
def of_home(step: SharedStep) -> Iterator[None]:
    """Say of what cannot be read that it is home's, and whose."""
    try:
        yield
    except (SeriesError, PatchError) as exc:
        raise SeriesError(
            f"home's v{step.version} cannot be taken: {exc.message}",
            hint=f"{step.by or 'Somebody'} sent it, and can send a better one. Nothing moved here.",
        ) from exc


def _refuse_other_commits(store: ObjectStore, lock: Lock) -> None:
    """What the store has must be what the lock says of it: later it is taken from there."""
    lines = [line for line in lock.stages if line.trees and not line.landed]
    for line, found in zip(lines, store.find_many([one.commit for one in lines]), strict=True):
        if found and (found[0] != "commit" or Commit.parse(found[2]).tree != line.trees[-1]):
            raise SeriesError(f"{line.commit} is not what patches/{line.stage}/ makes")


def _rebuild(store: ObjectStore, files: Mapping[str, bytes], *, needed: bool) -> None:
    try:
        as_left(files, store, in_store=False)
    except StackerError:  # its base is gone from upstream, say
        if needed:
            raise
