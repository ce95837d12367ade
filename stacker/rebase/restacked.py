"""The series as a command may work with it: what was edited by hand is a version first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.errors import SeriesError
from stacker.rebase.flow import restack

if TYPE_CHECKING:
    from stacker.git.transfer import Told
    from stacker.series.loading import Series
    from stacker.series.workspace import Workspace


def restacked(work: Workspace, told: Told | None = None) -> tuple[Series, tuple[str, ...]]:
    """The series without open edits, and the edits that a version was made of.

    Raises `SeriesError` when what was edited does not fit together.
    """
    series = work.load(told)
    if not series.edits:
        return series, ()
    if restack(work, told).halted:
        raise SeriesError(
            "the series was edited by hand and does not fit together",
            hint="Run `stacker rebase` to see the conflict.",
        )
    return work.load(told), series.edits
