"""What the texts of pull requests tell of evidence, gathered once for a submit."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from stacker.submit.words.evidence_text import lacks_of
from stacker.verify.recorded import evidence_of, looking
from stacker.verify.stage_tree import StageTree

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from stacker.series.loading import Series
    from stacker.series.plan.model import StageId
    from stacker.series.workspace import Workspace
    from stacker.submit.actions import Wanted
    from stacker.submit.words.evidence_text import Lack
    from stacker.verify.standing import Evidence


@dataclass(frozen=True, slots=True)
class Proof:
    """By stage its evidence, and the tree that its head is to have.

    `lacks` is what those lack that are published now, as far as that is to be told.
    """

    evidence: Mapping[StageId, Evidence] = field(default_factory=dict)
    trees: Mapping[StageId, str] = field(default_factory=dict)
    lacks: Mapping[StageId, tuple[Lack, ...]] = field(default_factory=dict)

    def publishing(self, stages: Sequence[StageId], unverified: Collection[StageId]) -> Proof:
        """The same when these stages are published, some of them `unverified`: what was told of
        them before is over."""
        lacks = {s: lacks_of(self.evidence[s].lacking) if s in unverified else () for s in stages}
        return replace(self, lacks=lacks)


def proof_of(
    work: Workspace, series: Series, wanted: Sequence[Wanted], environment: Mapping[str, str]
) -> Proof:
    """What is shown of each wanted stage.

    Of a head that stays it is what its very files showed, unless more of the series as it is now
    passes: so upstream's movement alone changes no text.
    """
    if not series.plan.checks:
        return Proof()
    trees = {w.stage: str(work.store.commit(w.head.head).tree) for w in wanted}
    request = looking(work, series, environment)
    found = evidence_of(request)
    kept = {
        w.stage: StageTree(w.stage, w.repository, w.head.base, w.head.head, trees[w.stage])
        for w in wanted
        if not w.head.moved and w.stage in found and found[w.stage].of.tree != trees[w.stage]
    }
    if kept:
        there = evidence_of(replace(request, stages=kept))
        found |= {
            stage: each
            for stage, each in there.items()
            if len(each.passed) >= len(found[stage].passed)
        }
    return Proof(found, trees)
