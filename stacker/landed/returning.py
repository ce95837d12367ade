"""Landings that the lock remembers and that hold no longer: the stages come back.

A landing holds as long as the base contains its commit and upstream has not taken the stage's
change out again. A stage whose landing does not hold is part of its chains as before, with the
patches of the last version that had them. Where this store lacks these, it stays out, and the lock
says what happened to its landing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from stacker.series.compose import PatchCommit
from stacker.series.lock import Reverted
from stacker.series.versions import operations
from stacker.series.walking import walk_back

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stacker.git.objects import Oid
    from stacker.git.store import ObjectStore
    from stacker.series.loading import Series
    from stacker.series.lock import StageLock
    from stacker.series.plan.model import StageId


class Lost(NamedTuple):
    """A landing that does not hold: `by` took it out; `None` where the base is without it.

    `patches` are the stage's, which it comes back with; `None` where it is in the series still, or
    where they are not known here.
    """

    stage: StageId
    landing: Oid
    by: Oid | None
    patches: tuple[PatchCommit, ...] | None
    was_gone: bool

    @property
    def because(self) -> str:
        """What happened, in a person's words."""
        if self.by is None:
            return f"landed as {self.landing[:10]}, which the new base is without"
        return f"landed as {self.landing[:10]}, reverted by {self.by[:10]}"


def lost(store: ObjectStore, series: Series, targets: Mapping[str, Oid]) -> tuple[Lost, ...]:
    """The landings in the lock that do not hold on `targets`; the store is only read."""
    asked = [
        line
        for line in series.lock.stages
        if line.landing is not None
        and line.repository in targets
        and _may_be_lost(line, series, targets)
    ]
    if not asked:
        return ()
    from stacker.landed.holding import not_holding  # noqa: PLC0415 - few series have landings

    found: list[Lost] = []
    for line, by in not_holding(store, series, asked, targets):
        assert line.landing is not None
        patches = patches_before(store, line) if line.landed else None
        found.append(Lost(line.stage, line.landing, by, patches, line.landed))
    return tuple(found)


def _may_be_lost(line: StageLock, series: Series, targets: Mapping[str, Oid]) -> bool:
    """Whether there is anything new to know: the base is another one, or was known to lack it."""
    moved = series.lock.bases.get(line.repository) != targets[line.repository]
    return moved or (line.landed and line.reverted is not None)


def without_lost(series: Series, found: tuple[Lost, ...]) -> Series:
    """The series without these landings: what can come back is in its chains again."""
    lock, patches = series.lock, dict(series.patches)
    for one in found:
        line = lock.stage(one.stage)
        assert line is not None
        reverted = Reverted(one.landing, one.by) if one.by is not None else line.reverted
        line = line._replace(reverted=reverted)
        if one.patches is not None or not one.was_gone:
            line = line._replace(landing=None, landed=False, release=None)
        if one.patches is not None:
            patches[one.stage] = one.patches
        lock = lock.updated(line)
    return series._replace(lock=lock, patches=patches)


def holding(store: ObjectStore, series: Series, targets: Mapping[str, Oid]) -> Series:
    """The series with those landings alone that hold on `targets`."""
    return without_lost(series, lost(store, series, targets))


def patches_before(store: ObjectStore, line: StageLock) -> tuple[PatchCommit, ...] | None:
    """The patches that a stage had when it left; `None` where this store lacks them."""
    found = walk_back(store, [line]).get(line.stage)
    if found is None:
        return None
    commits = found[-2::-1]
    names = _names(store, line.stage, commits)
    return tuple(PatchCommit(name, oid) for name, oid in zip(names, commits, strict=True))


def _names(store: ObjectStore, stage: StageId, commits: Sequence[Oid]) -> list[str]:
    """The names of the files that a stage's patches had last; made anew where nobody knows."""
    for one in operations.history(store):
        folder = store.entry_at(one.oid, f"patches/{stage}".encode())
        if folder is not None and folder.mode == "040000":
            names = [
                entry.name.decode("utf-8", "surrogateescape") for entry in store.tree(folder.oid)
            ]
            patches = [name for name in names if name.endswith(".patch")]
            if len(patches) == len(commits):
                return patches
    from stacker.series.patches.patchfile import slug  # noqa: PLC0415 - mostly somebody knows

    subjects = (store.commit(oid).subject for oid in commits)
    return [f"{n:04d}-{slug(subject)}.patch" for n, subject in enumerate(subjects, 1)]
