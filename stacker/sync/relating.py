"""How our line of versions and home's began together."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from stacker.series.lock import Lock
from stacker.series.lock import parse as parse_lock
from stacker.series.versions import operations
from stacker.series.versions.numbering import content_of
from stacker.series.workspace import ADOPTED
from stacker.sync.line import shared

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stacker.git.objects import Oid
    from stacker.git.store import ObjectStore
    from stacker.series.versions.operations import Operation
    from stacker.sync.line import SharedStep


class Relation(NamedTuple):
    """How many steps at the beginning of each line both have: of `ours`, of `theirs`.

    `kept` and `there` count those that need not be taken from home, for they are here as they are
    there. In a clone that never shared anything that is none: what the clone began with is some
    version of home's, and home has what was before.

    `began` counts home's steps up to the one whose files ours were made from: mostly the last that
    both have, or a later one, whose files came here by git. `brought` are the operations that did
    nothing but find these.
    """

    ours: int
    theirs: int
    kept: int
    there: int
    began: int
    brought: frozenset[Oid] = frozenset()


def relate(store: ObjectStore, ours: Sequence[Operation], theirs: Sequence[SharedStep]) -> Relation:
    """Find out what both lines have."""
    common = here, there, _, _ = _in_both(store, ours, theirs)
    later = {step.tree: n for n, step in enumerate(theirs, 1) if n > there}
    found = [(one, n) for one in ours[here:] if (n := later.get(store.commit(one.oid).tree))]
    began = found[-1][1] if found else there
    brought = frozenset(one.oid for one, _ in found if one.command == ADOPTED)
    return Relation(*common, began, brought)


def _in_both(
    store: ObjectStore, ours: Sequence[Operation], theirs: Sequence[SharedStep]
) -> tuple[int, int, int, int]:
    if not ours or not theirs:
        return (0, 0, 0, 0)
    after = ours[0].after
    begin = next((n for n, step in enumerate(theirs, 1) if step.oid == after), 0)
    count = 0
    mine = shared(store, ours, after)
    for step, other in zip(mine, theirs[begin:], strict=False):
        if step.oid != other.oid:
            break
        count += 1
    if count or begin:
        return (count, begin + count, count, begin + count)
    return _from_files(store, ours[0], theirs)


def _from_files(
    store: ObjectStore, first: Operation, theirs: Sequence[SharedStep]
) -> tuple[int, int, int, int]:
    """What a clone that never shared anything began with, told by its first version's files.

    Texts that were committed since are a change of ours; so then only the lock has to be home's.
    A version older than home's newest that home does not have was let go there.
    """
    tree = store.commit(first.oid).tree
    for n, step in reversed(list(enumerate(theirs, 1))):
        if step.tree == tree:
            return (1, n, 0, 0)
    content = _content(store, first.oid)
    for n, step in reversed(list(enumerate(theirs, 1))):
        told = content is not None and step.command != operations.SEEN
        if told and _content(store, step.oid) == content:
            return (0, n, 0, 0)
    numbers = {step.version for step in theirs}
    pruned = first.version < max(numbers) and first.version not in numbers
    return (1 if pruned and first.command == ADOPTED else 0, 0, 0, 0)


def _content(store: ObjectStore, step: str) -> str | None:
    """What names a version's content; `None` where there is none yet, as after any `init`."""
    entry = store.entry_at(step, b"series.lock")
    lock = parse_lock(store.blob(entry.oid)) if entry else Lock()
    return content_of(lock) if lock.stages else None
