"""What becomes of a patch that two sides have, as against what both began with. Pure."""

from __future__ import annotations

from enum import StrEnum


class Change(StrEnum):
    """What one side did to a patch since then."""

    ABSENT = "absent"  # there was none, and there is none
    SAME = "same"
    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"


class Choice(StrEnum):
    """What to take."""

    OURS = "ours"
    THEIRS = "theirs"
    NEITHER = "neither"
    BOTH = "both"  # as far as they merge
    OURS_AGAINST_REMOVAL = "ours against removal"
    THEIRS_AGAINST_REMOVAL = "theirs against removal"


def choose(ours: Change, theirs: Change) -> Choice:
    """What to take of a patch; what somebody changed is never lost to a removal."""
    match ours, theirs:
        case (Change.CHANGED, Change.CHANGED) | (Change.ADDED, Change.ADDED):
            return Choice.BOTH
        case Change.CHANGED, Change.REMOVED:
            return Choice.OURS_AGAINST_REMOVAL
        case Change.REMOVED, Change.CHANGED:
            return Choice.THEIRS_AGAINST_REMOVAL
        case (Change.REMOVED, _) | (_, Change.REMOVED):
            return Choice.NEITHER
        case ((Change.CHANGED | Change.ADDED), _):
            return Choice.OURS
        case Change.ABSENT, Change.ABSENT:
            return Choice.NEITHER
        case _:
            return Choice.THEIRS
