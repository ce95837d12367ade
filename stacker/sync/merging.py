"""Two series that began as one, made one again: plan, texts, patches, bases, what is published.

The side that stands on the newer upstream is the ground; what the other side did is brought there.
Nothing is moved here: the outcome is a series that still has to be composed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeVar

from stacker.git.history import is_ancestor
from stacker.series.compose import PatchCommit
from stacker.series.loading import Series, as_left
from stacker.series.lock import Lock
from stacker.series.plan.reading import parse_plan
from stacker.series.renaming import renamed_lock, renames
from stacker.sync.deciding import Change
from stacker.sync.outcome import Clash
from stacker.sync.patches import changes, merge_patches
from stacker.sync.texts import merge_texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from stacker.git.objects import Oid
    from stacker.git.store import ObjectStore
    from stacker.series.lock import Published, StageLock
    from stacker.series.plan.model import Plan, StageId
    from stacker.sync.patches import Place

    Files = Mapping[str, bytes]


_Known = TypeVar("_Known")


class MergedSeries(NamedTuple):
    """The series as it is to be, where it is to stand, and what both sides changed in vain.

    `ground` is the lock of the side that is there already, or nearest to it, with what either
    side knows of pull requests.
    """

    series: Series
    ground: Lock
    bases: Mapping[str, Oid]
    clashes: tuple[Clash, ...]


class _Side(NamedTuple):
    """A version of the series, its stages under the ids that they have now."""

    lock: Lock
    patches: Mapping[Place, Oid]
    files: Files

    def landed(self, stage: str) -> bool:
        line = self.lock.stage(stage)
        return line is not None and line.landed


def merge_series(store: ObjectStore, base: Files, ours: Files, theirs: Files) -> MergedSeries:
    """Merge two versions of a series; `base` is the one that both began with.

    Raises `SeriesError` or `PatchError` where a version cannot be read.
    """
    texts = merge_texts(store, base, ours, theirs)
    plan = parse_plan(texts.files["series.toml"].decode("utf-8", "replace"), "series.toml")
    # What others wrote is read from its patch files, whatever commits its lock names.
    mine = _side(as_left(ours, store, in_store=True), plan)
    other = _side(as_left(theirs, store, in_store=False), plan)
    was = _side(as_left(base, store, in_store=True), plan) if base else _Side(Lock(), {}, {})
    bases, owners = _bases(store, was.lock, mine.lock, other.lock)
    ours_ahead = sum(1 if side is mine.lock else -1 for side in owners.values() if side)
    ground, beside = (mine.lock, other.lock) if ours_ahead > 0 else (other.lock, mine.lock)
    lock = _lock(store, plan, _Locks(was.lock, mine.lock, other.lock, ground, beside), owners)
    gone = {line.stage for line in lock.stages if line.landed}
    merged = merge_patches(
        store, _live(was.patches, gone), _as_told(mine, other, gone), _as_told(other, mine, gone),
        on_ours=ground is mine.lock,
    )  # fmt: skip
    clashes = [
        *texts.clashes, *merged.clashes, *_dropped(plan, merged.patches),
        *_edited_in_vain(store, was, mine, other, gone),
    ]  # fmt: skip
    patches: dict[StageId, tuple[PatchCommit, ...]] = {}
    files = dict(texts.files)
    for stage in plan.order:
        own = sorted(file for at, file in merged.patches if at == stage)
        if stage in gone or not (own or lock.stage(stage)):
            continue
        patches[stage] = tuple(PatchCommit(file, merged.patches[stage, file]) for file in own)
        for patch in patches[stage]:
            place = (stage, patch.file)
            source = next((s for s in (other, mine) if s.patches.get(place) == patch.commit), None)
            name = f"patches/{stage}/{patch.file}"
            if source is not None and place not in merged.made:
                files[name] = source.files[name]
    of_ground = lock.with_stages(line for line in lock.stages if ground.stage(line.stage))
    series = Series(plan, lock, patches, files, ())
    return MergedSeries(series, of_ground, bases, tuple(clashes))


def _side(series: Series, plan: Plan) -> _Side:
    """A series with the ids that `plan` gave its stages since."""
    new = renames(series.lock, plan)
    patches: dict[Place, Oid] = {}
    files = dict(series.files)
    for stage, own in series.patches.items():
        for patch in own:
            now = new.get(stage, stage)
            patches[now, patch.file] = patch.commit
            files[f"patches/{now}/{patch.file}"] = series.files[f"patches/{stage}/{patch.file}"]
    return _Side(renamed_lock(series.lock, new), patches, files)


def _edited_in_vain(
    store: ObjectStore, was: _Side, mine: _Side, other: _Side, gone: set[StageId]
) -> Iterator[Clash]:
    """What a side changed in stages that landed meanwhile, and that are no part of any chain."""
    for side, said in ((mine, "changed here"), (other, "changed at home")):
        still = {s for s in gone if not side.landed(s)}
        before, now = (
            {place: oid for place, oid in patches.items() if place[0] in still}
            for patches in (was.patches, side.patches)
        )
        for place, change in changes(store, before, now).items():
            if change is not Change.SAME:
                yield Clash(*place, f"its stage landed, and it was {said} meanwhile")


def _live(patches: Mapping[Place, Oid], gone: set[StageId]) -> dict[Place, Oid]:
    return {place: oid for place, oid in patches.items() if place[0] not in gone}


def _as_told(side: _Side, beside: _Side, gone: set[StageId]) -> dict[Place, Oid]:
    """The patches of a side. A stage that has landed there, and came back here, it left alone."""
    left = {place: oid for place, oid in beside.patches.items() if side.landed(place[0])}
    return _live({**left, **side.patches}, gone)


def _dropped(plan: Plan, patches: Mapping[Place, Oid]) -> list[Clash]:
    """What is left of stages that somebody took out of the plan while others changed them."""
    return [
        Clash(stage, file, "its stage was taken out of the plan, and it was changed meanwhile")
        for stage, file in patches
        if stage not in plan.order
    ]


def _bases(
    store: ObjectStore, was: Lock, mine: Lock, other: Lock
) -> tuple[dict[str, Oid], dict[str, Lock | None]]:
    """Where the series is to stand in each repository, the newest of both; and which side's lock
    is there already (`None`: both are)."""
    bases: dict[str, Oid] = {}
    owners: dict[str, Lock | None] = {}
    for name in {**other.bases, **mine.bases}:
        here, there = mine.bases.get(name), other.bases.get(name)
        if here is None or there is None:
            bases[name] = here or there or was.bases[name]
            owners[name] = mine if here else other
        elif here != there and (was.bases.get(name) == there or is_ancestor(store, there, here)):
            bases[name], owners[name] = here, mine
        else:
            bases[name], owners[name] = there, None if here == there else other
    return bases, owners


class _Locks(NamedTuple):
    """The locks of a merge: what both began with, both sides, and these by who is the ground."""

    was: Lock
    mine: Lock
    other: Lock
    ground: Lock
    beside: Lock


def _lock(store: ObjectStore, plan: Plan, locks: _Locks, owners: Mapping[str, Lock | None]) -> Lock:
    """The lines of both sides, one a stage: those of the ground, with all that either side knows
    of pull requests and heads, and what the newer base says of landings."""
    lines: list[StageLock] = []
    for stage in plan.order:
        line = locks.ground.stage(stage) or locks.beside.stage(stage)
        if line is None:
            continue
        was, mine, other = (side.stage(stage) for side in locks[:3])
        known = mine is not None and other is not None
        first = mine if owners.get(line.repository) is locks.mine else other
        second = other if first is mine else mine
        told = _landing(was, first, second) if known and first and second else line
        lines.append(
            line._replace(
                pull=_newer(*(x.pull if x else None for x in (was, mine, other))),
                published=_head(store, *(x.published if x else None for x in (was, mine, other))),
                adopted=_newer(*(x.adopted if x else None for x in (was, mine, other))),
                landing=told.landing, landed=told.landed, release=told.release,
                reverted=told.reverted,
            )
        )  # fmt: skip
    return locks.ground.with_stages(lines)


def _landing(was: StageLock | None, first: StageLock, second: StageLock) -> StageLock:
    """The line that tells of the landing: that of the newer base, unless only the other changed."""

    def told(line: StageLock | None) -> object:
        return line and (line.landing, line.landed, line.release, line.reverted)

    return second if told(first) == told(was) else first


def _newer(was: _Known | None, mine: _Known | None, other: _Known | None) -> _Known | None:
    """The value that a side changed; where both did, home's."""
    if other in (was, None):
        return mine
    return other


def _head(
    store: ObjectStore, was: Published | None, mine: Published | None, other: Published | None
) -> Published | None:
    """The head that was pushed last: one that contains the other, where that can be told."""
    if mine is None or other is None or mine == other or was in (mine, other):
        return _newer(was, mine, other)
    there = store.find(mine.head) is not None and store.find(other.head) is not None
    return mine if there and is_ancestor(store, other.head, mine.head) else other
