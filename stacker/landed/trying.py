"""The series tried on other bases, nothing moved: what has landed there leaves every chain."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from stacker.errors import SeriesError
from stacker.series.compose import Composer, Standing

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from stacker.git.objects import Oid
    from stacker.series.compose import Composition, Outcome
    from stacker.series.loading import Series
    from stacker.series.plan.model import StageId


class Tried(NamedTuple):
    """Every other stage's outcome, what has landed in which commit, and the task without that."""

    outcomes: dict[StageId, Outcome]
    landed: dict[StageId, Oid]
    what: Composition


def try_on(
    what: Composition,
    old_bases: Mapping[str, Oid],
    proved: Mapping[StageId, Oid] = MappingProxyType({}),
) -> Tried:
    """Compose `what` on its bases; the series stands on `old_bases`, and `proved` are stages that
    are known to have landed."""
    what = _without(what, proved)
    outcomes = Composer(what).outcomes()
    suspects = [
        stage
        for stage, outcome in outcomes.items()
        if what.bases[what.repositories[stage]] != old_bases.get(what.repositories[stage])
        and (not isinstance(outcome, Standing) or _brings_nothing(what, outcome))
    ]
    landed: dict[StageId, Oid] = {}
    if suspects:
        from stacker.landed.suspects import landings  # noqa: PLC0415 - mostly nothing has landed

        landed = landings(what, suspects, old_bases)
    if landed:
        what = _without(what, landed)
        outcomes = Composer(what).outcomes()
    return Tried(outcomes, {**proved, **landed}, what)


def _without(what: Composition, landed: Collection[StageId]) -> Composition:
    """What landed leaves every chain; the trees stay, for its change is there already."""
    if not landed:
        return what
    chains = {
        s: tuple(x for x in stages if x not in landed)
        for s, stages in what.chains.items()
        if s not in landed
    }
    return what._replace(chains=chains)


def restacked(series: Series, what: Composition) -> Composition:
    """The task with what was edited by hand put in order first, as `rebase` does it."""
    if not series.edits:
        return what
    outcomes = Composer(what).outcomes()
    standing = {s: o.patches for s, o in outcomes.items() if isinstance(o, Standing)}
    if len(standing) < len(outcomes):
        raise SeriesError(
            "the series was edited by hand and does not fit together",
            hint="Run `stacker rebase` to see the conflict.",
        )
    return what._replace(patches=standing)


def _brings_nothing(what: Composition, outcome: Standing) -> bool:
    if not outcome.patches or not any(outcome.emptied):
        return False
    below, tip = what.store.commit(outcome.below), what.store.commit(outcome.tip)
    return below.tree == tip.tree
