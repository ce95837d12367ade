"""The stage as the series has it now: what an edit begins with, and what it comes back to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.edit.taking import Target
from stacker.errors import SeriesError
from stacker.series.compose import Composer, Standing

if TYPE_CHECKING:
    from stacker.series.loading import Series
    from stacker.series.plan.model import StageId
    from stacker.series.workspace import Workspace


def target(work: Workspace, series: Series, stage: StageId) -> Target:
    """The stage as it is now; raises `SeriesError` where it cannot be edited."""
    if series.landed(stage):
        raise SeriesError(
            f"{stage} has landed", hint="What comes on top of it is a stage of its own."
        )
    what = series.composition(work.store, series.lock.bases, {})
    if stage not in what.chains:
        name = series.plan.stage(stage).repository
        raise SeriesError(
            f"nothing was imported for {name} yet",
            hint="The first import says on which upstream commit the series stands there.",
        )
    outcome = Composer(what).outcome(stage)
    if not isinstance(outcome, Standing):
        raise SeriesError(f"{stage} does not stand", hint="Run `stacker rebase` to see why.")
    return Target(outcome.patches, outcome.tip, series.lock.version)
