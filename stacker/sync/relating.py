"""How our line of versions and home's began together."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from stacker.series.lock import parse as parse_lock
from stacker.series.versions import operations
from stacker.series.versions.numbering import content_of
from stacker.series.workspace import ADOPTED
from stacker.sync.line import shared

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stacker.git.store import ObjectStore
    from stacker.series.versions.operations import Operation
    from stacker.sync.line import SharedStep


class Relation(NamedTuple):
    """How many steps at the beginning of each line both have: of `ours`, of `theirs`.

    `kept` and `there` count those that need not be taken from home, for they are here as they are
    there. In a clone that never shared anything that is none: what the clone began with is some
    version of home's, and home has what was before.
    """

    ours: int
    theirs: int
    kept: int
    there: int


def relate(store: ObjectStore, ours: Sequence[Operation], theirs: Sequence[SharedStep]) -> Relation:
    """Find out what both lines have."""
    if not ours or not theirs:
        return Relation(0, 0, 0, 0)
    after = ours[0].after
    begin = next((n for n, step in enumerate(theirs, 1) if step.oid == after), 0)
    count = 0
    mine = shared(store, ours, after)
    for step, other in zip(mine, theirs[begin:], strict=False):
        if step.oid != other.oid:
            break
        count += 1
    if count or begin:
        return Relation(count, begin + count, count, begin + count)
    return _from_files(store, ours[0], theirs)


def _from_files(store: ObjectStore, first: Operation, theirs: Sequence[SharedStep]) -> Relation:
    """What a clone that never shared anything began with, told by its first version's files.

    Texts that were committed since are a change of ours; so then only the lock has to be home's.
    A version older than home's newest that home does not have was let go there.
    """
    tree = store.commit(first.oid).tree
    for n, step in reversed(list(enumerate(theirs, 1))):
        if step.tree == tree:
            return Relation(1, n, 0, 0)
    content = _content(store, first.oid)
    for n, step in reversed(list(enumerate(theirs, 1))):
        told = content is not None and step.command != operations.SEEN
        if told and _content(store, step.oid) == content:
            return Relation(0, n, 0, 0)
    numbers = {step.version for step in theirs}
    pruned = first.version < max(numbers) and first.version not in numbers
    return Relation(1 if pruned and first.command == ADOPTED else 0, 0, 0, 0)


def _content(store: ObjectStore, step: str) -> str | None:
    entry = store.entry_at(step, b"series.lock")
    return content_of(parse_lock(store.blob(entry.oid))) if entry else None
