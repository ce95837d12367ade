"""From composed chains back to the files of a series directory, as one operation."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from stacker.series import versions
from stacker.series.lock import Lock, StageLock
from stacker.series.lock import parse as parse_lock
from stacker.series.lock import serialise as serialise_lock
from stacker.series.patchfile import Patch
from stacker.series.patchfile import serialise as serialise_patch
from stacker.series.preimage import diff_between

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stacker.git.objects import Oid
    from stacker.git.store import ObjectStore
    from stacker.series.compose import PatchCommit, Standing
    from stacker.series.directory import SeriesDirectory
    from stacker.series.loading import Series
    from stacker.series.plan import StageId
    from stacker.series.versions import Operation


def rewritten(
    store: ObjectStore,
    series: Series,
    bases: Mapping[str, Oid],
    standing: Mapping[StageId, Standing],
    landed: Mapping[StageId, Oid],
) -> tuple[Lock, dict[str, bytes]]:
    """The lock and all files of the series on new `bases`; its version is one more if it changed.

    `standing` has every live stage; `landed` those that upstream has now, with their commits.
    """
    files = {
        name: content
        for name, content in series.files.items()
        if not (name.startswith("patches/") and name.endswith(".patch"))
    }
    lines: list[StageLock] = []
    for stage in series.plan.order:
        old = series.lock.stage(stage)
        if stage in standing:
            for patch in standing[stage].patches:
                name = f"patches/{stage}/{patch.file}"
                files[name] = _patch_bytes(store, series, stage, patch)
            lines.append(_line(store, series, standing[stage], old))
        elif old is not None:
            lines.append(replace(old, landing=landed.get(stage, old.landing), landed=True))
    lock = Lock(version=series.lock.version, bases=dict(bases), stages=tuple(lines))
    if _content(lock) != _content(series.lock):
        lock = replace(lock, version=_number(store, lock))
    return lock, files


def save(
    directory: SeriesDirectory,
    store: ObjectStore,
    files: Mapping[str, bytes],
    lock: Lock,
    *,
    loaded: Mapping[str, bytes],
    command: str,
    reason: str,
    now: int,
) -> Operation:
    """Make the operation (the commit point), then bring the files on disk to it.

    `loaded` are the files as this command found them. What was edited by hand among them becomes
    an operation of its own first, so that it can be had again, and so that the files that are
    about to be replaced are known to be just these.
    """
    see(directory, store, loaded, now)
    everything = {**files, "series.lock": serialise_lock(lock)}
    keep = dict.fromkeys([*lock.bases.values(), *(line.commit for line in lock.stages)])
    heads = (line.published for line in lock.stages if line.published is not None)
    keep |= dict.fromkeys(head.head for head in heads)
    present = [oid for oid in keep if store.find(oid) is not None]
    done = versions.record(
        store, everything, present, version=lock.version, command=command, reason=reason, now=now
    )
    versions.write_files(store, directory)
    return done


def see(
    directory: SeriesDirectory,
    store: ObjectStore,
    loaded: Mapping[str, bytes],
    now: int,
    *,
    command: str = versions.SEEN,
) -> bool:
    """Record files that differ from the newest operation's; says whether there were any.

    `command` is another one where the lock is known to tell of the patches.
    """
    here = versions.current(store)
    if here is None and not loaded:
        return False
    if here is not None and versions.files_of(store, here.oid) == loaded:
        return False
    version = parse_lock(loaded["series.lock"]).version if "series.lock" in loaded else 0
    versions.record(
        store,
        loaded,
        (),
        version=version,
        command=command,
        reason="files as they were found",
        now=now,
    )
    versions.write_files(store, directory)
    return True


def nearest(series: Series, stage: StageId) -> tuple[StageId, ...]:
    """The stages right below `stage` in its chain: those that no other one of them stands on."""
    below = series.chain(stage)[:-1]
    deeper = {s for other in below for s in series.chain(other)[:-1]}
    return tuple(s for s in below if s not in deeper)


def _number(store: ObjectStore, lock: Lock) -> int:
    """The number of the version: that of an equal one (after an undo), else one never used."""
    highest = lock.version
    for one in versions.history(store):
        raw = versions.file_of(store, one.oid, "series.lock")
        if one.command != versions.SEEN and raw and _content(parse_lock(raw)) == _content(lock):
            return one.version
        highest = max(highest, one.version)
    return highest + 1


def _content(lock: Lock) -> object:
    """What makes a version: where the series stands and what it changes, not what is published."""
    lines = tuple((s.stage, s.needs, s.commit, s.trees, s.landed) for s in lock.stages)
    return dict(lock.bases), lines


def _patch_bytes(store: ObjectStore, series: Series, stage: StageId, patch: PatchCommit) -> bytes:
    """The patch file; byte for byte the old one when the commit is the old one."""
    name = f"patches/{stage}/{patch.file}"
    if patch in series.patches.get(stage, ()) and name in series.files and not series.edits:
        return series.files[name]
    commit = store.commit(patch.commit)
    diff = diff_between(store, store.commit(commit.parents[0]).tree, commit.tree)
    return serialise_patch(Patch(commit.author, commit.message, commit.encoding, diff))


def _line(
    store: ObjectStore, series: Series, standing: Standing, old: StageLock | None
) -> StageLock:
    stage = standing.stage
    return StageLock(
        stage=stage,
        repository=series.plan.stage(stage).repository,
        needs=nearest(series, stage),
        commit=standing.tip,
        trees=tuple(store.commit(p.commit).tree for p in standing.patches),
        pull=old.pull if old else None,
        published=old.published if old else None,
        landing=old.landing if old else None,
    )
