"""Which files of a series directory people edited since stacker last wrote them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from stacker.series.lock import parse as parse_lock
from stacker.series.versions import operations
from stacker.series.versions.numbering import content_of
from stacker.series.versions.snapshot import Snapshot

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stacker.git.store import ObjectStore
    from stacker.series.versions.operations import Operation


class Edited(NamedTuple):
    """The names of the files that are not as the version `since` has them."""

    names: frozenset[str]
    since: Operation


def edited_since(store: ObjectStore, files: Mapping[str, bytes]) -> Edited | None:
    """What was edited since the newest version; `None` when the lock is another."""
    here = operations.written(store)
    if here is None:
        return None
    now = Snapshot.of(store.algorithm, files)
    if now.root == store.commit(here.oid).tree:
        return Edited(frozenset(), here)
    ids = operations.file_ids_of(store, here.oid)
    if now.blobs.get("series.lock") != ids.get("series.lock"):
        edited_from = _edited_from(store, files.get("series.lock"))
        if edited_from is None:
            return None
        here, ids = edited_from, operations.file_ids_of(store, edited_from.oid)
    return Edited(frozenset(n for n in {*ids, *now.blobs} if ids.get(n) != now.blobs.get(n)), here)


def _edited_from(store: ObjectStore, raw: bytes | None) -> Operation | None:
    """The version that files edited by hand were made of, where they came back by an undo."""
    here = operations.current(store)
    if raw is None or here is None or here.command != operations.SEEN:
        return None
    lock = parse_lock(raw)
    for one in operations.history(store):
        if one.command == operations.SEEN or one.version != lock.version:
            continue
        then = operations.file_of(store, one.oid, "series.lock")
        # What is published since stands in the one, and not in the other.
        if then is not None and content_of(parse_lock(then)) == content_of(lock):
            return one
    return None
