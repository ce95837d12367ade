"""From composed chains back to the files of a series directory, as one operation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.git.tidy import tidy
from stacker.series.lock import Lock, StageLock
from stacker.series.lock import parse as parse_lock
from stacker.series.lock import serialise as serialise_lock
from stacker.series.plan.chains import nearest
from stacker.series.versions import ondisk, operations, recording
from stacker.series.versions.counting import number_for
from stacker.series.versions.numbering import content_of
from stacker.series.versions.snapshot import Snapshot

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from stacker.git.objects import Oid
    from stacker.git.store import ObjectStore
    from stacker.series.compose import Standing
    from stacker.series.directory import SeriesDirectory
    from stacker.series.loading import Series
    from stacker.series.plan.model import StageId
    from stacker.series.versions.operations import Operation


def rewritten(
    store: ObjectStore,
    series: Series,
    bases: Mapping[str, Oid],
    standing: Mapping[StageId, Standing],
    landed: Mapping[StageId, Oid],
    *,
    releases: Mapping[StageId, str] | None = None,
) -> tuple[Lock, dict[str, bytes]]:
    """The lock and all files of the series on new `bases`; its version is one more if it changed.

    `standing` has every live stage; `landed` those that upstream has now, with their commits, and
    `releases` the first release of some that landed. A patch that changes the very same leaves as
    before keeps its file, byte for byte.
    """
    files = {
        name: content
        for name, content in series.files.items()
        if not (name.startswith("patches/") and name.endswith(".patch"))
    }
    lines: list[StageLock] = []
    new: dict[str, Oid] = {}
    gone = (*series.gone, *landed)
    for stage in series.plan.order:
        old = series.lock.stage(stage)
        if stage in standing:
            here = standing[stage]
            before = {patch.file: patch.commit for patch in series.patches.get(stage, ())}
            for patch, kept in zip(here.patches, here.kept, strict=True):
                name = f"patches/{stage}/{patch.file}"
                same = kept or before.get(patch.file) == patch.commit
                if same and not series.edits and name in series.files:
                    files[name] = series.files[name]
                else:
                    new[name] = patch.commit
            needs = nearest(series.plan, stage, gone)
            lines.append(_line(store, series, standing[stage], old, needs))
        elif old is not None:
            lines.append(_gone(old, landed.get(stage), (releases or {}).get(stage)))
    files |= texts_of(store, new)
    lock = Lock(version=series.lock.version, bases=dict(bases), stages=tuple(lines))
    if content_of(lock) != content_of(series.lock):
        lock = lock._replace(version=number_for(store, lock))
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
    by: str = "",
    version: int | None = None,
    meanwhile: Callable[[], object] | None = None,
) -> Operation:
    """Make the operation (the commit point), then bring the files on disk to it.

    `by` names who asked for it; `version` is the lock's unless it is given. `meanwhile` is done
    in between: of a command that is killed there it is known that it has to be finished.

    `loaded` are the files as this command found them. What was edited by hand among them becomes
    an operation of its own first, so that it can be had again, and so that the files that are
    about to be replaced are known to be just these.
    """
    found = Snapshot.of(store.algorithm, loaded)
    _see(directory, store, found, now, command=operations.SEEN, by=by)
    everything = {**files, "series.lock": serialise_lock(lock)}
    after = Snapshot.of(store.algorithm, everything, like=found)
    done = recording.record(
        store, after, kept(store, lock), known=found.ids,
        version=lock.version if version is None else version,
        content=None if command == operations.SEEN else content_of(lock),
        command=command, reason=reason, now=now, by=by,
    )  # fmt: skip
    if meanwhile is not None:
        meanwhile()
    ondisk.write_files(store, directory, (found, after))
    tidy(store)
    return done


def see(
    directory: SeriesDirectory,
    store: ObjectStore,
    loaded: Mapping[str, bytes],
    now: int,
    *,
    command: str = operations.SEEN,
    by: str = "",
) -> bool:
    """Record files that differ from the newest operation's; says whether there were any.

    `command` is another one where the lock is known to tell of the patches.
    """
    found = Snapshot.of(store.algorithm, loaded)
    return _see(directory, store, found, now, command=command, by=by)


def _see(
    directory: SeriesDirectory,
    store: ObjectStore,
    found: Snapshot,
    now: int,
    *,
    command: str,
    by: str,
) -> bool:
    here = operations.current(store)
    if here is None and not found.files:
        return False
    if here is not None and store.commit(here.oid).tree == found.root:
        return False
    raw = found.files.get("series.lock")
    lock = parse_lock(raw) if raw is not None else Lock()
    tells = command != operations.SEEN
    known = operations.file_ids_of(store, here.oid) if here else {}
    recording.record(
        store, found, kept(store, lock) if tells else (), known=frozenset(known.values()),
        version=lock.version, content=content_of(lock) if tells else None,
        command=command, reason="files as they were found", now=now, by=by,
    )  # fmt: skip
    ondisk.write_files(store, directory, (found,))
    return True


def kept(store: ObjectStore, lock: Lock) -> list[Oid]:
    """The commits that an operation keeps in the store: bases, tips, what was published and what
    was adopted."""
    # A stage that stands on one other alone stands on that one's tip.
    below = {line.needs[0] for line in lock.stages if len(line.needs) == 1 and not line.landed}
    keep = dict.fromkeys([
        *lock.bases.values(),
        *(line.commit for line in lock.stages if line.stage not in below or line.landed),
        *(line.published.head for line in lock.stages if line.published is not None),
        *(line.adopted for line in lock.stages if line.adopted is not None),
    ])  # fmt: skip
    found = zip(keep, store.find_many(list(keep)), strict=True)
    return [oid for oid, one in found if one and one[0] == "commit"]  # a lock may be anybody's


def texts_of(store: ObjectStore, new: Mapping[str, Oid]) -> dict[str, bytes]:
    """The texts of patches, by name, out of their commits."""
    if not new:
        return {}
    from stacker.series.patches.patchtexts import patch_texts  # noqa: PLC0415 - patches mostly stay

    return dict(zip(new, patch_texts(store, list(new.values())), strict=True))


def _gone(old: StageLock, landing: Oid | None, release: str | None) -> StageLock:
    """The line of a stage that has landed: now, in `landing`, or before."""
    release = release or old.release
    if landing is None:
        return old._replace(landed=True, release=release)
    return old._replace(landing=landing, landed=True, release=release, reverted=None)


def _line(
    store: ObjectStore,
    series: Series,
    standing: Standing,
    old: StageLock | None,
    needs: tuple[StageId, ...],
) -> StageLock:
    return StageLock(
        stage=standing.stage,
        repository=series.plan.stage(standing.stage).repository,
        needs=needs,
        commit=standing.tip,
        trees=tuple(store.commit(p.commit).tree for p in standing.patches),
        pull=old.pull if old else None,
        published=old.published if old else None,
        landing=old.landing if old else None,
        reverted=old.reverted if old else None,
        adopted=old.adopted if old else None,
    )
