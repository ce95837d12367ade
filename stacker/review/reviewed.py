"""Which version somebody reviewed last, and what versions are called. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.forge.api import ReviewState
from stacker.review.value import Whole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stacker.forge.api import Review
    from stacker.review.value import Published


def version_reviewed(
    reviews: Sequence[Review], me: str, known: Sequence[Published]
) -> Published | Whole:
    """The version whose head the newest review by `me` is of."""
    mine = [
        one
        for one in reviews
        if one.author.casefold() == me.casefold() and one.state is not ReviewState.PENDING
    ]
    if not mine:
        return Whole(f"{me} has not reviewed it yet")
    head = mine[-1].commit
    if not head:
        return Whole(f"what {me} reviewed last is gone from the forge")
    found = next((one for one in reversed(known) if one.head == head), None)
    return found or Whole(
        f"{me} last reviewed {head[:10]}, which stacker did not publish as a version"
    )


def name_of(commit: str, known: Sequence[Published]) -> str:
    """How people call a commit that was commented on."""
    found = next((f"v{one.number}" for one in known if one.head == commit), "")
    return found or commit[:10] or "a commit that is gone"
