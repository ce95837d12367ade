"""Since when upstream is looked through: the first base that the series is known to have had."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.git.history import is_ancestor
from stacker.series.lock import parse as parse_lock
from stacker.series.versions import operations

if TYPE_CHECKING:
    from stacker.git.objects import Oid
    from stacker.git.store import ObjectStore
    from stacker.series.loading import Series


def first_bases(store: ObjectStore, series: Series) -> dict[str, Oid]:
    """The bases that the series had first, as far as this store knows; where upstream rewrote its
    history since, those that it has now."""
    bases = dict(series.lock.bases)
    left = set(bases)
    for one in reversed(list(operations.history(store))):
        if not left:
            break
        raw = operations.file_of(store, one.oid, "series.lock")
        found = parse_lock(raw).bases if raw is not None else {}
        for name in left & found.keys():
            there = store.find(found[name]) is not None
            if there and is_ancestor(store, found[name], bases[name]):
                bases[name] = found[name]
        left -= found.keys()
    return bases
