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
    from collections.abc import Iterator, Mapping, Sequence

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
    locks = was.lock, mine.lock, other.lock
    bases, ground = _bases(store, *locks)
    gone = {s for s in plan.order if _landed(s, was, mine, other)}
    sides = (_without(side.patches, gone) for side in (was, mine, other))
    merged = merge_patches(store, *sides, on_ours=ground is mine.lock)
    clashes = [
        *texts.clashes, *merged.clashes, *_dropped(plan, merged.patches),
        *_edited_in_vain(store, was, mine, other, gone),
    ]  # fmt: skip
    lock = _lock(store, plan, locks, gone, ours_first=ground is mine.lock)
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


def _landed(stage: StageId, was: _Side, mine: _Side, other: _Side) -> bool:
    """Whether a stage has landed, as the side says that changed it: `undo` takes it back, too."""
    here = mine.landed(stage)
    return here if here != was.landed(stage) else other.landed(stage)


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


def _without(patches: Mapping[Place, Oid], gone: set[StageId]) -> dict[Place, Oid]:
    return {place: oid for place, oid in patches.items() if place[0] not in gone}


def _dropped(plan: Plan, patches: Mapping[Place, Oid]) -> list[Clash]:
    """What is left of stages that somebody took out of the plan while others changed them."""
    return [
        Clash(stage, file, "its stage was taken out of the plan, and it was changed meanwhile")
        for stage, file in patches
        if stage not in plan.order
    ]


def _bases(store: ObjectStore, was: Lock, mine: Lock, other: Lock) -> tuple[dict[str, Oid], Lock]:
    """Where the series is to stand, the newest of both in each repository, and which side's lock
    is there already, or nearest to it."""
    bases: dict[str, Oid] = {}
    ahead = 0
    for name in {**other.bases, **mine.bases}:
        here, there = mine.bases.get(name), other.bases.get(name)
        if here is None or there is None:
            bases[name] = here or there or was.bases[name]
        elif here != there and (was.bases.get(name) == there or is_ancestor(store, there, here)):
            bases[name], ahead = here, ahead + 1
        else:
            bases[name] = there
            ahead -= here != there
    return bases, mine if ahead > 0 else other


def _lock(
    store: ObjectStore, plan: Plan, locks: Sequence[Lock], gone: set[StageId], *, ours_first: bool
) -> Lock:
    """The lines of both sides, one a stage: those of the ground, with all that either side knows
    of pull requests, heads and landings. `locks` are what both began with, ours, and home's."""
    ground, beside = locks[1:] if ours_first else locks[:0:-1]
    lines: list[StageLock] = []
    for stage in plan.order:
        found = [line for lock in (ground, beside) if (line := lock.stage(stage))]
        if not found:
            continue
        line = next((one for one in found if one.landed == (stage in gone)), found[0])
        sides = [lock.stage(stage) for lock in locks]
        lines.append(
            line._replace(
                pull=_newer(*(x.pull if x else None for x in sides)),
                published=_head(store, *(x.published if x else None for x in sides)),
                landing=_newer(*(x.landing if x else None for x in sides)) or line.landing,
            )
        )
    return ground.with_stages(lines)


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
