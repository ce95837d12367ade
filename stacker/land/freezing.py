"""The freeze: while a landing holds the lock, none of its members may be merged alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.forge.api import CIState, PullState
from stacker.gate.context import CONTEXT
from stacker.land.journal import Step

if TYPE_CHECKING:
    from stacker.land.journal import Landing
    from stacker.land.site import Site


def freeze(at: Site, landing: Landing) -> Landing:
    """Close the gate on the head of every member, bound to the head that was cleared.

    A stage that lands alone has no gate; a revert's members are closed.
    """
    intent = landing.intent
    numbers = [m.number for m in intent.members if m.number is not None]
    if len(intent.members) < 2 or intent.reverts is not None or not numbers:
        return landing
    landing = at.journal.about(landing, Step.FREEZE)
    for pull in at.forge.pulls(at.repository, numbers):
        now = next((c for c in pull.checks if c.name == CONTEXT), None)
        if pull.state is PullState.OPEN and (now is None or now.state is not CIState.FAILURE):
            at.forge.set_status(
                at.repository, pull.head, context=CONTEXT, state=CIState.FAILURE,
                description=f"Lands only together: stacker land --group {intent.name}"[:140],
            )  # fmt: skip
    return landing
