"""Files in conflict tried alone: as a commit of upstream has them, with what a patch makes of them.

That is a guess at whether the patch would stop on the commit, for little: no chain is replayed, and
nothing but these files is looked at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.git.merge import Conflicted
from stacker.git.objects import Entry
from stacker.git.quarantine import Quarantine

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stacker.git.merge import Conflict
    from stacker.git.objects import Oid
    from stacker.git.quarantine import Sides
    from stacker.git.store import ObjectStore

_NAME = b"file"


def stops_alone(
    store: ObjectStore, commits: Sequence[Oid], conflicts: Sequence[Conflict]
) -> dict[Oid, bool]:
    """Whether one of the files, as these commits have it, conflicts with the patch's.

    `store` is written to.
    """
    asked: dict[Oid, list[Sides]] = {}
    with store.bulk():
        for oid in commits:
            asked[oid] = [_alone(store, oid, conflict) for conflict in conflicts]
    every = list(dict.fromkeys(sides for some in asked.values() for sides in some))
    outcomes = dict(zip(every, store.companion(Quarantine).merge(every, {}), strict=True))
    return {
        oid: any(isinstance(outcomes[sides], Conflicted) for sides in some)
        for oid, some in asked.items()
    }


def _alone(store: ObjectStore, commit: Oid, conflict: Conflict) -> Sides:
    """Trees that hold one file alone: as it was, as `commit` has it, as the patch has it."""
    sides = [
        Entry(side.mode, side.oid, _NAME) if side else None
        for side in (conflict.base, conflict.mine)
    ]
    here = store.entry_at(commit, conflict.path)
    base, mine, upstream = (
        store.write_tree({_NAME: entry} if entry else {}) for entry in (*sides, here)
    )
    return base, upstream, mine
