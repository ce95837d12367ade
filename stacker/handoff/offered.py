"""Hand-off stages that only a check proves: what upstream has instead of them, to be checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stacker.git.history import touching
from stacker.handoff.proof import changed_paths, is_handed_over
from stacker.series.plan.choices import Proof

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stacker.git.objects import Oid
    from stacker.git.store import ObjectStore
    from stacker.series.loading import Series
    from stacker.series.plan.model import StageId


@dataclass(frozen=True, slots=True)
class Offered:
    """Upstream's `tip`; `commit` is the newest that changed what the stage changes, and so the
    landing if the tip passes."""

    stage: StageId
    commit: Oid
    tip: Oid


def offered(store: ObjectStore, series: Series, tips: Mapping[str, Oid]) -> tuple[Offered, ...]:
    """What is to be checked. A branch on which nobody touched the stage's files has nothing: that
    it passes would say nothing of the stage."""
    found: list[Offered] = []
    for stage in series.live:
        line = series.lock.stage(stage)
        if line is None or line.landing is not None or not is_by_check(series, stage):
            continue
        old, tip = series.lock.bases.get(line.repository), tips.get(line.repository)
        paths = changed_paths(store, series.patches.get(stage, ()))
        if old is None or tip is None or paths is None:
            continue
        commits = touching(store, old, tip, paths.paths)
        if commits:
            found.append(Offered(stage, commits[-1], tip))
    return tuple(found)


def is_by_check(series: Series, stage: StageId) -> bool:
    """Whether a check of the plan is what proves that the stage is there."""
    repository = series.plan.repository(series.plan.stage(stage).repository)
    return is_handed_over(series, stage) and repository.proof is Proof.CHECK
