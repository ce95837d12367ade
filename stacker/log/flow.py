"""`stacker log`: read the operations, replay what locks alone do not tell, say what became of it.

Nothing in the directory changes; what is replayed goes to a store that is thrown away.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.errors import UsageError
from stacker.git.beside import beside
from stacker.git.comparing import range_diff
from stacker.log.deciding import changes, needs_replay
from stacker.log.patch_ids import patch_ids
from stacker.log.replaying import layers, replayed
from stacker.log.steps import both, lock_of, steps, version
from stacker.log.value import Clash, Entry, Fits, StageDiff, VersionDiff
from stacker.series.patches.diffs import diffs_between

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stacker.git.store import ObjectStore
    from stacker.log.replaying import Layers
    from stacker.log.value import Pair, Replayed, StageChange
    from stacker.series.plan.model import StageId


def entries(
    store: ObjectStore, *, most: int | None = None, with_ids: bool = False
) -> tuple[Entry, ...]:
    """The life of the series step by step, newest first; at most so many steps.

    `with_ids` adds the verbatim patch-ids of each version's patches.
    """
    known = steps(store, most)
    ids = patch_ids(store, [one.files for one in known]) if with_ids else [{} for _ in known]
    aside = beside(store)
    told = _replays(aside, [one.pairs for one in known])
    return tuple(
        Entry(
            operation=one.operation,
            lock=one.lock,
            changes=changes(one.before, one.lock, one.pairs, outcome),
            edited=one.edited,
            patch_ids=mine,
        )
        for one, outcome, mine in zip(known, told, ids, strict=True)
    )


def compare(store: ObjectStore, old: int, new: int, only: str | None = None) -> VersionDiff:
    """How versions `old` and `new` differ; `only` one stage, if it is given.

    Raises `UsageError` for a version or a stage that there is not.
    """
    before, after = version(store, old), version(store, new)
    one, other = lock_of(store, before.oid), lock_of(store, after.oid)
    known = both(store, one, other, after.oid)
    aside = beside(store)
    [outcomes] = _replays(aside, [known])
    walked = layers(aside, known)
    found = tuple(
        _stage_diff(aside, change, walked.get(change.stage), outcomes.get(change.stage))
        for change in changes(one, other, known, outcomes)
        if only is None or only in (change.stage, change.was)
    )
    if only is not None and not found:
        have = ", ".join(pair.stage for pair in known)
        raise UsageError(f"there is no stage {only!r} in v{old} or v{new}", hint=f"Stages: {have}.")
    return VersionDiff(before, after, one.bases, other.bases, found)


def _replays(
    store: ObjectStore, steps_pairs: Sequence[Sequence[Pair]]
) -> list[dict[StageId, Replayed]]:
    """The replays that tell what became of stages, of all steps at once."""
    asked: list[tuple[int, StageId, Layers]] = []
    for n, some in enumerate(steps_pairs):
        unclear = [pair for pair in some if needs_replay(pair)]
        asked += [(n, stage, two) for stage, two in layers(store, unclear).items()]
    found: list[dict[StageId, Replayed]] = [{} for _ in steps_pairs]
    done = replayed(store, [two for _, _, two in asked])
    for (n, stage, _), outcome in zip(asked, done, strict=True):
        found[n][stage] = outcome
    return found


def _stage_diff(
    store: ObjectStore, change: StageChange, two: Layers | None, replay: Replayed | None
) -> StageDiff:
    if two is None or two.old is None or two.new is None or replay is None:
        return StageDiff(change, b"", None, None)
    ranges = range_diff(store, (two.old.below, two.old.tip), (two.new.below, two.new.tip))
    if isinstance(replay, Clash):
        return StageDiff(change, ranges, None, replay)
    interdiff = None
    if isinstance(replay, Fits):
        [interdiff] = diffs_between(store, [(replay.tree, store.commit(two.new.tip).tree)])
    return StageDiff(change, ranges, interdiff, None)
