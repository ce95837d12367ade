"""Whether landings hold on another base: it contains their commits, and nothing was taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.git.beside import beside
from stacker.git.changes import changes_of
from stacker.git.history import is_ancestor, touching
from stacker.landed.changes import whole_of
from stacker.landed.line import courses, line_of
from stacker.landed.presence import Change, Probes, State
from stacker.series.compose import PatchCommit
from stacker.series.plan.chains import chains
from stacker.series.walking import walk_back

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from stacker.git.objects import Oid
    from stacker.git.store import ObjectStore
    from stacker.series.compose import Composition
    from stacker.series.loading import Series
    from stacker.series.lock import StageLock


def not_holding(
    store: ObjectStore, series: Series, lines: Sequence[StageLock], targets: Mapping[str, Oid]
) -> Iterator[tuple[StageLock, Oid | None]]:
    """Those of `lines`, which have landings, that do not hold, and the commit that took each out.

    `None` where a base is without the landing of a stage that has left (that one is without a
    landing which no base had yet is no loss), and where there is another landing since.
    """
    above = beside(store)
    probes = Probes(with_gone(series.composition(above, targets, {}), series))
    for line in lines:
        target = targets[line.repository]
        assert line.landing is not None
        if not contains(above, target, line.landing):
            if line.landed and not _is_shallow(above):
                yield line, None
            continue
        changes = changes_of_landed(probes.what, line)
        if changes and _is_touched(above, series, line, changes[0], target):
            left, by = taken_out(probes, line.landing, changes, target)
            if left:
                yield line, by


def with_gone(what: Composition, series: Series) -> Composition:
    """The task with the stages in it that have left, as far as their patches are known here."""
    store = what.store
    gone = [line for line in series.lock.stages if line.landed and line.repository in what.bases]
    patches = dict(what.patches)
    for stage, found in walk_back(store, gone).items():
        patches[stage] = tuple(PatchCommit("", oid) for oid in found[-2::-1])
    everything = chains(series.plan)
    return what._replace(
        chains={
            s: tuple(x for x in c if x in patches) for s, c in everything.items() if s in patches
        },
        repositories={s: series.plan.stage(s).repository for s in patches if s in everything},
        patches=patches,
    )


def changes_of_landed(what: Composition, line: StageLock) -> tuple[Change, ...]:
    """What a stage changed that has landed: its own change where it is known, and its landing's."""
    own = whole_of(what.store, line.stage, what.patches.get(line.stage, ()))
    assert line.landing is not None
    commit = what.store.commit(line.landing)
    if not commit.parents:  # the first commit of all, which nobody takes out
        return ()
    alone = what.store.write_commit(commit.moved(commit.tree, commit.parents[:1]))
    whole = Change(line.stage, alone)
    return (own, whole) if own is not None else (whole,)


def taken_out(
    probes: Probes, landing: Oid, changes: Sequence[Change], target: Oid
) -> tuple[bool, Oid | None]:
    """Whether the first of these changes was taken out again on the way to `target`, and the
    commit that did it, if it was not put in again.

    Where that one only conflicts, the other one tells: then all that landed was taken out.
    """
    if not changes:
        return False, None
    store = probes.what.store
    line = line_of(store, store.commit(landing).parents[0], target)
    own, *others = courses(probes, line, changes).values()
    if own.left is not None:
        return True, line.commits[own.left]
    if own.came is None or own.now is State.UNCLEAR:
        for other in others:
            if other.left is not None:
                return True, line.commits[other.left]
    return own.again and bool(others), None


def contains(store: ObjectStore, target: Oid, landing: Oid) -> bool:
    """Whether the landing is in the history of `target`."""
    found = store.find(landing)
    return found is not None and is_ancestor(store, landing, target)


def _is_shallow(store: ObjectStore) -> bool:
    """Whether the history that the store has is cut off somewhere, so that it may lack anything."""
    return (store.git.directory / "shallow").is_file()


def _is_touched(
    store: ObjectStore, series: Series, line: StageLock, change: Change, target: Oid
) -> bool:
    """Whether upstream changed any file of a stage since the series' base; if not, all holds."""
    base = series.lock.bases.get(line.repository)
    if not line.landed or line.reverted is not None or base is None:
        return True
    paths = [one.path for one in changes_of(store, [change.commit])[change.commit]]
    return not is_ancestor(store, base, target) or bool(touching(store, base, target, paths))
