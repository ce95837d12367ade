"""Which number a version gets: that of an equal one (after an undo), else one never used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.series.lock import parse as parse_lock
from stacker.series.versions import operations
from stacker.series.versions.numbering import content_of

if TYPE_CHECKING:
    from stacker.git.store import ObjectStore
    from stacker.series.lock import Lock
    from stacker.series.versions.operations import Operation


def number_for(store: ObjectStore, lock: Lock) -> int:
    """The number of the version that `lock` tells of, which comes behind the newest operation."""
    known, highest = look_up(store, operations.current(store), content_of(lock))
    return known if known is not None else max(highest, lock.version) + 1


def look_up(store: ObjectStore, here: Operation | None, content: str) -> tuple[int | None, int]:
    """The number that a content has in the line up to `here`, and the highest number in there."""
    highest = 0
    while here is not None:
        numbers = here.numbers
        if numbers is None:  # of an older stacker
            raw = operations.file_of(store, here.oid, "series.lock")
            tells = raw is not None and here.command != operations.SEEN
            if raw and tells and content_of(parse_lock(raw)) == content:
                return here.version, highest
            highest, older = max(highest, here.version), here.previous
        elif content in numbers.carried:
            return numbers.carried[content], max(highest, numbers.highest)
        else:
            highest, older = max(highest, numbers.highest), numbers.older
        here = operations.operation(store, older) if older else None
    return None, highest
