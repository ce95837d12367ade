"""Which commits a hand-off stage's package has, or is to have."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stacker.git.bundle import Bundle
from stacker.git.history import is_ancestor
from stacker.git.objects import Oid, is_oid
from stacker.handoff.package import PROOF
from stacker.series.compose import Composer, Standing

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from stacker.git.store import ObjectStore
    from stacker.series.compose import PatchCommit
    from stacker.series.loading import Series
    from stacker.series.plan.model import StageId


@dataclass(frozen=True, slots=True)
class Made:
    """The stage's chain as a bundle, and its own patches in that."""

    stage: StageId
    bundle: Bundle
    patches: Sequence[PatchCommit]


def folder_of(state: Path, stage: StageId) -> Path:
    """Where a stage's package is."""
    return state / "hand-off" / stage


def made_of(
    store: ObjectStore, series: Series, stage: StageId, state: Path, *, move_base: bool = False
) -> Made:
    """What the stage's package is to have.

    While neither its own change nor what it stands on is another one, it stays on the base that it
    has: upstream's movement alone is no reason to send it again. With `move_base` it goes on.
    """
    line = series.lock.stage(stage)
    assert line is not None
    ref, newest = f"refs/heads/{series.plan.name}/{stage}", series.lock.bases[line.repository]
    packed = packed_as(state, stage)
    if packed is not None and not move_base and _precedes(store, packed.base, newest):
        bases = {**series.lock.bases, line.repository: packed.base}
        there = Composer(series.composition(store, bases, {})).outcome(stage)
        if isinstance(there, Standing) and there.tip == packed.tip:
            return Made(stage, Bundle(ref, packed.tip, packed.base), there.patches)
    return Made(stage, Bundle(ref, line.commit, newest), series.patches[stage])


def is_current(store: ObjectStore, series: Series, stage: StageId, state: Path) -> bool | None:
    """Whether the stage's package has what it is to have; `None` where there is no package."""
    packed = packed_as(state, stage)
    if packed is None:
        return None
    return made_of(store, series, stage, state).bundle._replace(ref="") == packed


def packed_as(state: Path, stage: StageId) -> Bundle | None:
    """The bundle of the package that is there, by what the package says; its ref is not told."""
    try:
        found = json.loads((folder_of(state, stage) / PROOF).read_bytes())
        commits = found["commit"], found["base"]
    except (OSError, ValueError, RecursionError, TypeError, KeyError):
        return None
    if not all(isinstance(oid, str) and is_oid(oid) for oid in commits):
        return None
    return Bundle("", *map(Oid, commits))


def _precedes(store: ObjectStore, old: Oid, new: Oid) -> bool:
    return old != new and store.find(old) is not None and is_ancestor(store, old, new)
