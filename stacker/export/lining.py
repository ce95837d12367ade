"""Stages put into one line of commits, as whoever takes the patches will apply them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.errors import SeriesError
from stacker.export.choosing import choose
from stacker.export.value import Line, LinePatch
from stacker.git.paths import shown
from stacker.series.compose import Composer, Halted, Standing
from stacker.series.patches.patchfile import slug

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stacker.git.store import ObjectStore
    from stacker.series.compose import Outcome
    from stacker.series.loading import Series
    from stacker.series.plan.model import StageId


def line_of(store: ObjectStore, series: Series, wanted: Sequence[str]) -> Line:
    """The line of the stages `wanted`, on the base that the series has.

    Stages that do not stand on each other get an order here, which is the plan's. Raises
    `SeriesError` where they do not go together so.
    """
    stages, repository = choose(series, wanted)
    base = series.lock.bases.get(repository)
    patched = any(series.patches.get(stage) for stage in stages)
    if base is None or not patched:
        raise SeriesError(
            f"there are no patches for {repository} to export",
            hint="Bring some in: `stacker import BASE..TIP --from CLONE --stage-per-commit`.",
        )
    what = series.composition(store, series.lock.bases, {})
    chains = {stage: stages[: n + 1] for n, stage in enumerate(stages)}
    outcomes = Composer(what._replace(chains=chains)).outcomes()
    patches: list[LinePatch] = []
    for stage in stages:
        for patch in _standing(outcomes[stage], stages).patches:
            subject = store.commit(patch.commit).subject
            file = f"{len(patches) + 1:04d}-{slug(subject)}.patch"
            patches.append(LinePatch(stage, file, subject, patch.commit))
    return Line(repository, base, stages, tuple(patches))


def _standing(outcome: Outcome, stages: Sequence[StageId]) -> Standing:
    if isinstance(outcome, Standing):
        return outcome
    if isinstance(outcome, Halted):
        paths = ", ".join(shown(one.path) for one in outcome.stopped.conflict.conflicts)
        before = ", ".join(stages[: stages.index(outcome.stage)])
        raise SeriesError(
            f"{outcome.of}/{outcome.file} conflicts behind {before}: {paths}",
            hint="They do not stand on each other. Export them apart, or let one need the other "
            "in series.toml and resolve that once.",
        )
    raise AssertionError("a line stops at its first conflict")
