"""Which stages an export has, in which order, and which it leaves out. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.errors import UsageError
from stacker.export.value import LeftOut

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stacker.series.loading import Series
    from stacker.series.plan.model import StageId


def choose(series: Series, wanted: Sequence[str]) -> tuple[tuple[StageId, ...], str]:
    """The stages in plan order, with all that they need in their repository, and that one's name.

    Raises `UsageError` for stages that cannot be one line of commits.
    """
    plan = series.plan
    named = [plan.stage(name) for name in wanted]
    gone = [one.id for one in named if series.landed(one.id)]
    if gone:
        raise UsageError(
            f"{gone[0]} has landed: nothing of it is left to export",
            hint="Its commit is in upstream's history; `stacker log` names it.",
        )
    repositories = list(dict.fromkeys(one.repository for one in named))
    if len(repositories) > 1:
        raise UsageError(
            f"these stages are of {' and '.join(repositories)}",
            hint="Commits of two repositories are no line: export each one's stages apart.",
        )
    home = repositories[0] if repositories else plan.default_repository.name
    mine = [s for s in series.live if plan.stage(s).repository == home]
    if not named:
        return tuple(mine), home
    needed = {s for one in named for s in series.chain(one.id)}
    return tuple(s for s in mine if s in needed), home


def left_out(series: Series, stages: Sequence[StageId]) -> tuple[LeftOut, ...]:
    """The stages of the plan that are not among `stages`, though all were meant."""
    found: list[LeftOut] = []
    for one in series.plan.order:
        if series.landed(one):
            found.append(LeftOut(one, "landed"))
        elif one not in stages:
            found.append(LeftOut(one, f"of {series.plan.stage(one).repository}"))
    return tuple(found)
