"""The commit inside a merge that broke a patch: read from the files in conflict.

The chain is not replayed on the commits of a side branch, which begins somewhere else. What each
of them made of the conflicted files is merged with what the patch makes of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.forecast.alone import stops_alone
from stacker.git.history import touching

if TYPE_CHECKING:
    from stacker.git.merge import Conflicted
    from stacker.git.objects import Oid
    from stacker.git.store import ObjectStore

_MOST = 50  # commits; a merge of more is a merge of a whole line, and tells enough by itself


def breaking_inside(store: ObjectStore, merge: Oid, conflicted: Conflicted) -> Oid | None:
    """The first commit that `merge` brought with which a conflicted file does not merge.

    With the file as its first parent has it, it does. `None` where there is no such commit;
    `store` is written to.
    """
    paths = [conflict.path for conflict in conflicted.conflicts]
    first = store.commit(merge).parents[0]
    brought = touching(store, first, merge, paths, inside=True)
    if len(brought) == 1:
        return brought[0]
    if not brought or len(brought) > _MOST:
        return None
    befores = [store.commit(oid).parents[:1] for oid in brought]
    commits = list(dict.fromkeys([*brought, *(oid for some in befores for oid in some)]))
    stops = stops_alone(store, commits, conflicted.conflicts)
    pairs = zip(brought, befores, strict=True)
    return next(
        (oid for oid, before in pairs if stops[oid] and not any(map(stops.get, before))), None
    )
