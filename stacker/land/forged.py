"""Patches whose messages say what only a landing says; a revert and recovery would believe them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.git.history import first_parents
from stacker.land.outcome import Reason, Who
from stacker.land.words.trailers import speaks_for_us

if TYPE_CHECKING:
    from stacker.git.store import ObjectStore
    from stacker.land.candidate import Candidate


def forged(store: ObjectStore, candidate: Candidate) -> tuple[Reason, ...]:
    """A reason for every stage of the clean chain that has such a patch."""
    found, below = [], candidate.base
    for segment in candidate.segments:
        made = first_parents(store, below, segment.tip)
        if any(speaks_for_us(store.commit(oid).message) for oid in made):
            text = "the message of a patch has a line `Stacker-…:`, which only a landing may write"
            found.append(Reason(Who.PORTER, segment.stage, text, f"stacker edit {segment.stage}"))
        below = segment.tip
    return tuple(found)
