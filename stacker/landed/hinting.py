"""What to say of a stage that conflicts, if upstream has it with changes, or a part of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.landed.changes import pieces_of, whole_of
from stacker.landed.likely import is_likely
from stacker.landed.presence import Probes, State

if TYPE_CHECKING:
    from stacker.git.objects import Oid
    from stacker.series.compose import Composition
    from stacker.series.plan.model import StageId


def hint(what: Composition, stage: StageId, culprit: Oid | None) -> str:
    """A few words; empty where nothing tells so. `culprit` is the commit that broke the stage.

    Much is written to the store of `what`, and all of it may be thrown away.
    """
    store, patches = what.store, what.patches[stage]
    whole = whole_of(store, stage, patches)
    if whole is None:
        return ""
    probes, tip = Probes(what), what.bases[what.repositories[stage]]
    pieces = pieces_of(store, whole, patches)
    probes.ask((piece.change, tip) for piece in pieces)
    there = sum(probes.state(piece.change, tip) is State.HAS for piece in pieces)
    if there:
        return f"upstream has {there} of its {len(pieces)} hunks: see `stacker landed {stage}`"
    subjects = {store.commit(patch.commit).subject for patch in patches}
    if culprit and is_likely(store, culprit, whole.commit, pulls=(), subjects=subjects):
        return f"{culprit[:10]} may be it, with changes: see `stacker landed {stage}`"
    return ""
