"""The commits of all stages at once, found from their tips back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.errors import SeriesError
from stacker.git.objects import Commit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stacker.git.objects import Oid
    from stacker.git.reader import Found
    from stacker.git.store import ObjectStore
    from stacker.series.lock import StageLock
    from stacker.series.plan.model import StageId

_AT_ONCE = 60  # commits of one line; git counts back from the first of them each time


def walk_back(store: ObjectStore, lines: Iterable[StageLock]) -> dict[StageId, list[Oid]]:
    """The commits of each stage's patches, newest first, and then the one that they stand on.

    Stages whose tip the store lacks are left out; a gap below a tip raises `GitError`. The store
    remembers the commits that were read.
    """
    found: dict[StageId, list[Oid]] = {}
    left: dict[StageId, int] = {}
    for line in lines:
        found[line.stage], left[line.stage] = [line.commit], len(line.trees)
    while left:
        asked = [
            (stage, f"{found[stage][-1]}~{n}")
            for stage, count in left.items()
            for n in range(min(count, _AT_ONCE) or 1)
        ]
        answers = store.find_many([rev for _, rev in asked])
        for (stage, _), answer in zip(asked, answers, strict=True):
            if stage not in found:
                continue
            if answer is None and len(found[stage]) == 1:
                del found[stage]
            elif left[stage]:
                found[stage].append(_parent(store, found[stage][-1], answer))
                left[stage] -= 1
        left = {stage: count for stage, count in left.items() if count and stage in found}
    return found


def _parent(store: ObjectStore, oid: Oid, answer: Found | None) -> Oid:
    if answer is not None:
        store.remember(oid, Commit.parse(answer[2]))
    parents = store.commit(oid).parents
    if not parents:
        raise SeriesError(
            f"series.lock has more patches than there are commits up to {oid[:10]}",
            hint="Take series.lock and patches/ from the same commit of this directory.",
        )
    return parents[0]
