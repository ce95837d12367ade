"""Which approvals of a pull request stand, and why the others do not. Pure.

Drafts, `status`, `review` and `land` all ask here, so that none of them counts otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from stacker.forge.api import ReviewState

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stacker.forge.api import Review

_DECIDES = frozenset(
    {ReviewState.APPROVED, ReviewState.CHANGES_REQUESTED, ReviewState.DISMISSED}
)  # a comment takes nothing back


class ApprovalState(StrEnum):
    """Whether an approval stands, or why it does not."""

    THIS_HEAD = "this-head"
    SAME_CHANGE = "same-change"  # of an earlier head, whose own change is that of this one
    RE_POINTED = "re-pointed"  # it is older than the head that the forge now names for it
    EARLIER_HEAD = "earlier-head"  # and the plan lets only those of the very head stand
    CHANGED = "changed"
    UNKNOWN_HEAD = "unknown-head"  # whether that had the same change cannot be told here
    DISMISSED = "dismissed"
    WITHDRAWN = "withdrawn"  # the same person asked for changes since

    @property
    def stands(self) -> bool:
        """Whether it counts."""
        return self in (ApprovalState.THIS_HEAD, ApprovalState.SAME_CHANGE)

    @property
    def outlived(self) -> bool:
        """Whether it would count, had nothing been pushed since."""
        return self in (
            ApprovalState.EARLIER_HEAD, ApprovalState.CHANGED, ApprovalState.UNKNOWN_HEAD
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Approval:
    """What one reviewer's approval came to; `commit` is the head that was looked at, empty when
    the forge has it no more, `version` the series' version as which that was published."""

    author: str
    commit: str
    version: int | None
    state: ApprovalState


@dataclass(frozen=True, slots=True)
class Approvals:
    """One entry for each who ever approved, and who asks for changes now."""

    each: tuple[Approval, ...] = ()
    refused_by: tuple[str, ...] = ()

    @property
    def standing(self) -> tuple[Approval, ...]:
        """Those that count."""
        return tuple(one for one in self.each if one.state.stands)

    @property
    def approved(self) -> bool:
        """Whether somebody's approval stands, and nobody asks for changes."""
        return bool(self.standing) and not self.refused_by


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of an earlier head: the version as which it was published, and whether its
    own change is the same as that of the head asked about; `None` where that cannot be told."""

    version: int | None
    same: bool | None


UNKNOWN = Known(None, None)


class Reviewed(Protocol):
    """Something that people reviewed."""

    @property
    def author(self) -> str:
        """Who opened it; what they say of it themselves counts for nothing."""
        ...

    @property
    def reviews(self) -> tuple[Review, ...]:
        """What was said, oldest first."""
        ...

    @property
    def head_pushed_at(self) -> str:
        """When its head was last forced to another commit; empty: never."""
        ...


def approvals_of(pull: Reviewed, head: str, known: Mapping[str, Known] | None = None) -> Approvals:
    """Each reviewer's last word about `head`, which may be about to be pushed.

    `known` is what was found out about earlier heads; `None` when they do not count anyway.
    """
    each: list[Approval] = []
    refused: list[str] = []
    for author, said in _by_author(pull).items():
        newest = said[-1]
        match newest.state:
            case ReviewState.APPROVED:
                state = _state(newest, head, pull.head_pushed_at, known)
                each.append(_approval(newest, state, known))
            case ReviewState.DISMISSED:
                each.append(_approval(newest, ApprovalState.DISMISSED, known))
            case _:
                refused.append(author)
                before = [one for one in said if one.state is ReviewState.APPROVED]
                each += [_approval(one, ApprovalState.WITHDRAWN, known) for one in before[-1:]]
    return Approvals(tuple(each), tuple(refused))


def earlier_heads(pull: Reviewed, head: str) -> tuple[str, ...]:
    """The other commits than `head` on which somebody's last word is approval."""
    newest = [said[-1] for said in _by_author(pull).values()]
    found = [one.commit for one in newest if one.state is ReviewState.APPROVED]
    return tuple(dict.fromkeys(commit for commit in found if commit and commit != head))


def _by_author(pull: Reviewed) -> dict[str, list[Review]]:
    found: dict[str, list[Review]] = {}
    for one in pull.reviews:
        if one.state in _DECIDES and one.author != pull.author:
            found.setdefault(one.author, []).append(one)
    return found


def _approval(review: Review, state: ApprovalState, known: Mapping[str, Known] | None) -> Approval:
    version = (known or {}).get(review.commit, UNKNOWN).version
    return Approval(review.author, review.commit, version, state)


def _state(
    review: Review, head: str, forced: str, known: Mapping[str, Known] | None
) -> ApprovalState:
    commit = review.commit
    if commit == head and review.submitted_at < forced:  # a forge may carry it over a force-push
        return ApprovalState.RE_POINTED
    if commit == head:
        return ApprovalState.THIS_HEAD
    if known is None:
        return ApprovalState.EARLIER_HEAD
    match known.get(commit, UNKNOWN).same:
        case True:
            return ApprovalState.SAME_CHANGE
        case False:
            return ApprovalState.CHANGED
        case None:
            return ApprovalState.UNKNOWN_HEAD
