"""From a series to what its checks are about: each stage's own tree, and what goes beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.series.compose import Composer, Halted
from stacker.series.plan.chains import foreign_needs
from stacker.verify.stage_tree import StageTree

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stacker.git.store import ObjectStore
    from stacker.series.loading import Series
    from stacker.series.plan.model import StageId


def stage_trees(store: ObjectStore, series: Series) -> dict[StageId, StageTree]:
    """The live stages whose chains the store has, as the lock names them; in plan order."""
    found = {}
    for stage in series.live:
        line = series.lock.stage(stage)
        base = series.lock.bases.get(line.repository) if line is not None else None
        if line is None or base is None or store.find(line.commit) is None:
            continue
        tree = store.commit(line.commit).tree
        found[stage] = StageTree(
            stage, line.repository, base, line.commit, tree, len(series.patches.get(stage, ()))
        )
    return found


def commits_beside(store: ObjectStore, series: Series) -> dict[StageId, Mapping[str, str]]:
    """For each live stage the commit of every other repository that goes with it.

    That is the chain of all that the stage needs there, else the base of that repository. What
    does not go together there, or has no base yet, is left out.
    """
    bases = {name: oid for name, oid in series.lock.bases.items() if store.find(oid) is not None}
    composer = Composer(series.composition(store, bases, {}))
    found: dict[StageId, Mapping[str, str]] = {}
    for stage in series.live:
        here = series.plan.stage(stage).repository
        needed = [s for s in foreign_needs(series.plan, stage) if not series.landed(s)]
        beside: dict[str, str] = {}
        for name, base in bases.items():
            there = [s for s in needed if series.plan.stage(s).repository == name]
            tip = base if not there else composer.tip(name, there)
            if name != here and not isinstance(tip, Halted):
                beside[name] = tip
        found[stage] = beside
    return found
