"""A stage has landed when replaying it on the landing's parent gives the landing's very tree.

A stage whose change brings nothing on the new base is only *suspected* of having landed: the
same words may stand there for another reason. The first commit of upstream's first-parent line
on which its chain brings nothing is the landing, if the chain (or a longer one, of stages that
landed with it) put on that commit's parent gives exactly that commit's tree.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from stacker.git.history import first_parents
from stacker.series.compose import Composer, Standing

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from stacker.git.objects import Oid
    from stacker.series.compose import Composition, Outcome
    from stacker.series.plan.model import StageId


def landings(
    what: Composition, outcomes: Iterable[Outcome], old_bases: Mapping[str, Oid]
) -> dict[StageId, Oid]:
    """The stages among `outcomes` (composed on the new bases) that have landed, with the commit."""
    found: dict[StageId, Oid] = {}
    lines: dict[str, tuple[Oid, ...]] = {}  # read for those only that are suspected
    firsts: dict[tuple[str, Oid], list[StageId]] = defaultdict(list)
    for outcome in outcomes:
        if not isinstance(outcome, Standing) or not all((*outcome.emptied, outcome.patches)):
            continue
        repository = what.repositories[outcome.stage]
        if repository not in lines:
            old = old_bases.get(repository)
            new = what.bases[repository]
            lines[repository] = first_parents(what.store, old, new) if old else ()
        first = _first_containing(what, outcome.stage, lines[repository])
        if first is not None:
            firsts[repository, first].append(outcome.stage)
    for (_, first), stages in firsts.items():
        parent = what.store.commit(first).parents[0]
        # A chain with needs that were on the parent already brings only the rest there.
        tree = what.store.commit(first).tree
        whole = next((s for s in stages if _tree(what, s, parent) == tree), None)
        if whole is not None:
            found |= {s: first for s in stages if s in what.chains[whole]}
    return found


def _first_containing(what: Composition, stage: StageId, line: Sequence[Oid]) -> Oid | None:
    """The first commit of `line` on which the chain brings nothing; the last one is known to."""
    if not line:
        return None
    low, high = -1, len(line) - 1  # not contained at low (the old base), contained at high
    while high - low > 1:
        middle = (low + high) // 2
        if _contained(what, stage, line[middle]):
            high = middle
        else:
            low = middle
    return line[high]


def _contained(what: Composition, stage: StageId, base: Oid) -> bool:
    return _tree(what, stage, base) == what.store.commit(base).tree


def _tree(what: Composition, stage: StageId, base: Oid) -> Oid | None:
    bases = {**what.bases, what.repositories[stage]: base}
    outcome = Composer(what._replace(bases=bases)).outcome(stage)
    return what.store.commit(outcome.tip).tree if isinstance(outcome, Standing) else None
