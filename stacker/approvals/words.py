"""An approval in words. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from stacker.approvals.standing import ApprovalState

if TYPE_CHECKING:
    from stacker.approvals.standing import Approval


def told(one: Approval) -> str:
    """Who approved what, and what became of it."""
    match one.state:
        case ApprovalState.THIS_HEAD:
            return f"{one.author} approved this head"
        case ApprovalState.SAME_CHANGE:
            return f"{one.author} approved {_what(one)}, the same change"
        case ApprovalState.RE_POINTED:
            return f"{one.author} approved before this head was forced there"
        case ApprovalState.EARLIER_HEAD:
            return f"{one.author} approved an earlier head"
        case ApprovalState.CHANGED:
            return f"{one.author} approved {_what(one)}, and the change is another since"
        case ApprovalState.UNKNOWN_HEAD:
            return f"{one.author} approved {_what(one)}, whose own change is not known here"
        case ApprovalState.DISMISSED:
            return f"the review of {one.author} was dismissed"
        case ApprovalState.WITHDRAWN:
            return f"{one.author} approved {_what(one)}, and asks for changes since"
        case never:
            assert_never(never)


def _what(one: Approval) -> str:
    if one.version is not None:
        return f"v{one.version}"
    return one.commit[:10] or "a head that the forge has no more"
