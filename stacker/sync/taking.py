"""Steps of home as operations of this store, and ours behind them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from stacker.errors import SeriesError, StackerError
from stacker.series.loading import as_left
from stacker.series.patches.paths import wrong_on_windows
from stacker.series.saving import kept
from stacker.series.versions import operations
from stacker.series.versions.recording import NewOperation
from stacker.series.versions.snapshot import Snapshot
from stacker.sync.numbering import content_in, lock_in, with_numbers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stacker.git.objects import Oid
    from stacker.git.store import ObjectStore
    from stacker.series.versions.operations import Operation
    from stacker.sync.line import SharedStep
    from stacker.sync.numbering import Numbering

_REBUILT = 100  # versions whose commits are made again; of older ones only the files are there
# What a series directory has; anything else would be written where stacker writes nothing.
_NAMES = re.compile(r"series\.(?:toml|lock)|(?:series|patches|resolutions)(?:/[^/\x00-\x1f]+)+")


def files_of(store: ObjectStore, tree: Oid) -> dict[str, bytes]:
    """The files of a shared step; raises `SeriesError` for what no series directory has."""
    found: dict[str, bytes] = {}
    for entry in store.files(tree):
        name = entry.name.decode("utf-8", "surrogateescape")
        strange = (
            entry.mode != "100644"
            or not _NAMES.fullmatch(name)
            or any(part in (".", "..") or part.lower() == ".git" for part in name.split("/"))
            or wrong_on_windows(entry.name)
        )
        if strange:
            raise SeriesError(
                f"home's series has {name!r}, which no series directory has",
                hint="Somebody else wrote refs/stacker/versions of home. Ask who may push there.",
            )
        found[name] = store.blob(entry.oid)
    return found


def taken(
    store: ObjectStore, steps: Sequence[SharedStep], numbering: Numbering
) -> list[NewOperation]:
    """Home's steps as operations; the newest must be a series, of older ones files may do."""
    new: list[NewOperation] = []
    rebuilt: set[str] = set()
    for n, step in reversed(list(enumerate(steps))):
        files = files_of(store, step.tree)
        lock = lock_in(files)
        content = content_in(lock, step.command)
        if content is not None and content not in rebuilt and len(rebuilt) < _REBUILT:
            rebuilt.add(content)
            _rebuild(store, files, needed=n == len(steps) - 1)
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


def _rebuild(store: ObjectStore, files: Mapping[str, bytes], *, needed: bool) -> None:
    try:
        as_left(files, store, in_store=False)
    except StackerError:  # its base is gone from upstream, say
        if needed:
            raise
