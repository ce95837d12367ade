"""Which hand-off stages upstream has: their proof is looked for on its first-parent line.

This is asked at each rebase, and nearly always there is nothing to ask; so little is loaded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.series.plan.choices import Landing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from stacker.git.objects import Oid
    from stacker.git.store import ObjectStore
    from stacker.handoff.proof import ByPaths, ByTree
    from stacker.series.loading import Series
    from stacker.series.plan.model import StageId


def proved(store: ObjectStore, series: Series, targets: Mapping[str, Oid]) -> dict[StageId, Oid]:
    """The hand-off stages that are in force on `targets`, with the commits that prove it.

    Of what the lock knows to have landed only landings that hold may be in `series`.
    """
    bases = series.lock.bases
    found: dict[StageId, Oid] = {}
    for one in series.plan.repositories:
        old, new = bases.get(one.name), targets.get(one.name)
        if one.landing is Landing.HAND_OFF and old is not None and new not in {None, old}:
            assert new is not None
            found |= _along(store, series, one.name, old, new)
    return found


def _along(
    store: ObjectStore, series: Series, repository: str, old: Oid, new: Oid
) -> dict[StageId, Oid]:
    from stacker.git.history import first_parents  # noqa: PLC0415 - few series hand anything over
    from stacker.handoff.proof import ByPaths, ByTree, proof_of  # noqa: PLC0415 - as above

    stages = [s for s in series.live if series.plan.stage(s).repository == repository]
    line = first_parents(store, old, new)
    found: dict[StageId, Oid] = {}
    for stage in stages:
        known = _recorded(store, series, stage, new)
        if known is not None:
            found[stage] = known
            continue
        proof = proof_of(store, series, stage, series.patches.get(stage, ()))
        if isinstance(proof, ByTree):
            commit = _by_tree(store, proof, line)
        elif isinstance(proof, ByPaths):
            commit = _by_paths(store, proof, line, old)
        else:
            continue
        if commit is not None and _in_force(store, series, stage, commit, new):
            # A tree has all that the stage stands on.
            there = series.chain(stage) if isinstance(proof, ByTree) else (stage,)
            found = {**dict.fromkeys(there, commit), **found, stage: commit}
    return found


def _recorded(store: ObjectStore, series: Series, stage: StageId, new: Oid) -> Oid | None:
    """The commit that was found to prove it before, if the target has that."""
    from stacker.git.history import is_ancestor  # noqa: PLC0415 - as above

    line = series.lock.stage(stage)
    known = line.landing if line is not None else None
    there = known is not None and store.find(known) is not None and is_ancestor(store, known, new)
    return known if there else None


def _by_tree(store: ObjectStore, proof: ByTree, line: Sequence[Oid]) -> Oid | None:
    commits = store.commits(line)
    return _last_came(line, lambda oid: commits[oid].tree == proof.tree)


def _by_paths(store: ObjectStore, proof: ByPaths, line: Sequence[Oid], old: Oid) -> Oid | None:
    from stacker.git.history import touching  # noqa: PLC0415 - as above

    if not line:
        return None
    odd = any(b"\n" in path for path in proof.paths)  # these cannot be asked about
    places = line if odd else touching(store, old, line[-1], proof.paths)
    return _last_came(places, lambda oid: _has(store, proof, oid))


def _has(store: ObjectStore, proof: ByPaths, commit: Oid) -> bool:
    for path, leaf in proof.leaves:
        entry = store.entry_at(commit, path)
        if (entry and (entry.mode, entry.oid)) != (leaf and tuple(leaf)):
            return False
    return True


def _last_came(places: Sequence[Oid], holds: Callable[[Oid], bool]) -> Oid | None:
    """The commit since which it was there, the last time that it was."""
    came: Oid | None = None
    for oid in reversed(places):
        if holds(oid):
            came = oid
        elif came is not None:
            break
    return came


def _in_force(store: ObjectStore, series: Series, stage: StageId, commit: Oid, target: Oid) -> bool:
    """Whether what came by `commit` was not taken out again on the way to `target`."""
    if commit == target:
        return True
    from stacker.git.beside import beside  # noqa: PLC0415 - as above
    from stacker.landed.holding import changes_of_landed, taken_out  # noqa: PLC0415 - as above
    from stacker.landed.presence import Probes  # noqa: PLC0415 - as above

    line = series.lock.stage(stage)
    assert line is not None
    above = beside(store)
    what = series.composition(above, {**series.lock.bases, line.repository: target}, {})
    probes = Probes(what)
    changes = changes_of_landed(what, line._replace(landing=commit))
    return not taken_out(probes, commit, changes, target)[0]
