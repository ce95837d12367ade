"""How approvals read: which stand, and why the others do not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.approvals.words import told

if TYPE_CHECKING:
    from stacker.approvals.standing import Approvals


def approvals_document(approvals: Approvals) -> list[dict[str, object]]:
    """One entry for each who ever approved."""
    return [
        {
            "author": one.author, "commit": one.commit, "version": one.version,
            "state": str(one.state), "stands": one.state.stands,
        }
        for one in approvals.each
    ]  # fmt: skip


def approvals_text(approvals: Approvals) -> list[str]:
    """A line for each of them, those that stand first, and one for each who refuses."""
    ordered = sorted(approvals.each, key=lambda one: not one.state.stands)
    return [*map(told, ordered), *(f"{who} asks for changes" for who in approvals.refused_by)]
