"""What this clone's history has of heads that were published: as which version, and on what.

A head's own change is told by the lock of the very version that it was published as. The graph
alone cannot tell: a head on which others were built looks the same whether it was the stage's own
or that of one below, and a stage that left the plan is in nobody's graph by name. A pull request's
text is not asked either, for anybody may have written it.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from stacker.errors import SeriesError
from stacker.series.lock import parse
from stacker.series.versions import operations

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from stacker.git.objects import Oid
    from stacker.git.store import ObjectStore
    from stacker.series.lock import Lock, StageLock

_AT_ONCE = 60  # operations


class Recorded(NamedTuple):
    """A head as it was published: the version, its branch, and the commit that its own change is
    on."""

    version: int
    branch: str
    below: Oid


def recorded(store: ObjectStore, heads: Collection[Oid]) -> dict[Oid, Recorded]:
    """Those of `heads` whose publication is known, by head."""
    found: dict[Oid, Recorded] = {}
    wanted = {head: head.encode("ascii") for head in heads}
    for raw in _locks(store):
        if len(found) == len(wanted):
            break
        if any(oid in raw for head, oid in wanted.items() if head not in found):
            found |= {h: r for h, r in _read(raw).items() if h in wanted and h not in found}
    return found


def _locks(store: ObjectStore) -> Iterator[bytes]:
    """The lock of every operation that tells of its patches, newest first."""
    line = (one.oid for one in operations.history(store) if one.command != operations.SEEN)
    while some := list(islice(line, _AT_ONCE)):
        for blob in store.find_many([f"{oid}:series.lock" for oid in some]):
            if blob is not None:
                yield blob[2]


def _read(raw: bytes) -> dict[Oid, Recorded]:
    """The heads that a lock has as its own version published them."""
    try:
        lock = parse(raw)
    except SeriesError:  # somebody edited it
        return {}
    found = {}
    for line in lock.stages:
        published = line.published
        if published is None or line.landed or published.version != lock.version:
            continue
        below = _below(lock, line)
        if below is not None:
            found[published.head] = Recorded(published.version, published.branch, below)
    return found


def _below(lock: Lock, line: StageLock) -> Oid | None:
    """What the stage was published on: its below-branch, the one stage right below, or the base."""
    published = line.published
    assert published is not None
    if published.below is not None:
        return published.below
    chains = lock.chains()
    with_patches = {one.stage for one in lock.stages if one.trees}
    below = [s for s in chains[line.stage][:-1] if s in with_patches]
    deeper = {s for other in below for s in chains[other][:-1]}
    nearest = [s for s in below if s not in deeper]
    if len(nearest) != 1:
        return None if nearest else published.base
    under = lock.stage(nearest[0])
    return under.published.head if under and under.published else None
