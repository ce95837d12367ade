"""The series tried on other bases, nothing moved: what has landed there leaves every chain."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from stacker.landed.proof import landings
from stacker.series.compose import Composer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stacker.git.objects import Oid
    from stacker.series.compose import Composition, Outcome
    from stacker.series.plan.model import StageId


class Tried(NamedTuple):
    """Every other stage's outcome, what has landed in which commit, and the task without that."""

    outcomes: dict[StageId, Outcome]
    landed: dict[StageId, Oid]
    what: Composition


def try_on(what: Composition, old_bases: Mapping[str, Oid]) -> Tried:
    """Compose `what` on its bases; the series stands on `old_bases`."""
    outcomes = Composer(what).outcomes()
    landed = landings(what, outcomes.values(), old_bases)
    if landed:
        # What landed leaves every chain; the trees stay, for its change brought nothing there.
        chains = {
            s: tuple(x for x in stages if x not in landed)
            for s, stages in what.chains.items()
            if s not in landed
        }
        what = what._replace(chains=chains)
        outcomes = Composer(what).outcomes()
    return Tried(outcomes, landed, what)
