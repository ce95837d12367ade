"""The operations of a series read whole, each with what it is to be compared with."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from stacker.errors import NewerFormat, PlanError, UsageError
from stacker.log.deciding import pairs
from stacker.series.directory import LOCK, PLAN
from stacker.series.lock import Lock
from stacker.series.lock import parse as parse_lock
from stacker.series.plan.reading import parse_plan
from stacker.series.renaming import renames
from stacker.series.versions import operations

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stacker.git.objects import Oid
    from stacker.git.store import ObjectStore
    from stacker.log.value import Pair
    from stacker.series.plan.model import StageId
    from stacker.series.versions.operations import Operation


class Step(NamedTuple):
    """An operation; `files` are blobs by name, `before` the lock that `lock` is compared with.

    One that only kept files edited by hand has no pairs: its lock does not tell of its patches.
    """

    operation: Operation
    files: Mapping[str, Oid]
    lock: Lock
    before: Lock
    pairs: tuple[Pair, ...] = ()
    edited: tuple[str, ...] = ()


def steps(store: ObjectStore, most: int | None) -> list[Step]:
    """The operations, newest first, at most so many."""
    found: list[Step] = []
    before = Lock()
    last: Mapping[str, Oid] = {}
    every = list(operations.history(store))
    count = len(every) if most is None else most
    # The oldest that is wanted is compared with an older one.
    start = next((n for n, x in enumerate(every) if n >= count and _tells(x)), len(every) - 1)
    for n, one in reversed(list(enumerate(every[: start + 1]))):
        lock, files = lock_of(store, one.oid), operations.file_ids_of(store, one.oid)
        if _tells(one):
            step = Step(one, files, lock, before, both(store, before, lock, one.oid))
            before = lock
        else:
            names = sorted(x for x in {*last, *files} if last.get(x) != files.get(x))
            step = Step(one, files, lock, lock, edited=tuple(names))
        last = files
        if n < count:
            found.append(step)
    return found[::-1]


def version(store: ObjectStore, number: int) -> Operation:
    """The newest operation that made, or came back to, that version; raises `UsageError`."""
    known = [one for one in operations.history(store) if _tells(one)]
    found = next((one for one in known if one.version == number), None)
    if found is None:
        have = ", ".join(f"v{n}" for n in sorted({one.version for one in known}))
        raise UsageError(f"there is no v{number}", hint=f"This directory has {have or 'none'}.")
    return found


def lock_of(store: ObjectStore, operation: Oid) -> Lock:
    """The lock as an operation left it."""
    raw = operations.file_of(store, operation, LOCK)
    return parse_lock(raw) if raw is not None else Lock()


def both(store: ObjectStore, before: Lock, after: Lock, operation: Oid) -> tuple[Pair, ...]:
    """The stages of two locks, paired; `operation` left the second."""
    return pairs(before, after, _renamed(store, before, after, operation))


def _tells(operation: Operation) -> bool:
    return operation.command != operations.SEEN


def _renamed(
    store: ObjectStore, before: Lock, after: Lock, operation: Oid
) -> Mapping[str, StageId]:
    """What the plan of an operation renamed; asked only if a stage vanished and another came."""
    old, new = {line.stage for line in before.stages}, {line.stage for line in after.stages}
    raw = operations.file_of(store, operation, PLAN)
    if raw is None or old <= new or new <= old:
        return {}
    try:
        return renames(before, parse_plan(raw.decode("utf-8", "replace"), PLAN))
    except (PlanError, NewerFormat):  # of another stacker; then it is a stage less and one more
        return {}
