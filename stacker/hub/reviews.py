"""What people say of a pull request: their reviews, and what those amount to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.hub.auth import account_by_id
from stacker.hub.records import Review, Right
from stacker.hub.repositories import by_id, right

if TYPE_CHECKING:
    from stacker.hub.records import Pull
    from stacker.hub.state import Database

_OPINIONS = frozenset({"APPROVED", "CHANGES_REQUESTED", "DISMISSED"})


def reviews(db: Database, pull: Pull) -> list[Review]:
    """Every review of a pull request, oldest first."""
    return db.all(Review, "SELECT * FROM reviews WHERE pull = ? ORDER BY id", pull.id)


def opinions(db: Database, pull: Pull) -> dict[int, str]:
    """The standing opinion of each reviewer with write access; a mere comment changes none."""
    return {review.author: review.state for review in standing_reviews(db, pull)}


def standing_reviews(db: Database, pull: Pull) -> list[Review]:
    """The newest review with an opinion of each reviewer with write access."""
    repository = by_id(db, pull.repository)
    newest = {one.author: one for one in reviews(db, pull) if one.state in _OPINIONS}
    return [
        review
        for author, review in newest.items()
        if right(db, repository, account_by_id(db, author)) >= Right.WRITE
    ]


def decision(standing: dict[int, str], required: int | None) -> str | None:
    """GitHub's reviewDecision; None when nobody asked for reviews and nobody gave one."""
    states = list(standing.values())
    if "CHANGES_REQUESTED" in states:
        return "CHANGES_REQUESTED"
    approvals = states.count("APPROVED")
    if approvals >= max(required or 0, 1):
        return "APPROVED"
    return "REVIEW_REQUIRED" if required else None
