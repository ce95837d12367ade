"""What the forge's answers about one pull request come to. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stacker.forge.api import CIState, PullState, ReviewState

if TYPE_CHECKING:
    from stacker.forge.cache import KnownPull

_GOOD = frozenset({CIState.SUCCESS, CIState.NEUTRAL, CIState.SKIPPED})
_WORDS = frozenset({ReviewState.COMMENTED, ReviewState.PENDING})  # they decide nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """Who said what about the pull request, as read at `read_at` (seconds since 1970).

    `approved_by` approved this very head, `approved_before` an older one; `failing` and
    `pending` are CI checks.
    """

    url: str
    state: PullState
    draft: bool
    approved_by: tuple[str, ...]
    approved_before: tuple[str, ...]
    refused_by: tuple[str, ...]
    failing: tuple[str, ...]
    pending: tuple[str, ...]
    read_at: int

    @property
    def approved(self) -> bool:
        """Whether somebody's newest word is approval of this head, and nobody's is refusal."""
        return bool(self.approved_by) and not self.refused_by


def opinion(pull: KnownPull) -> Opinion:
    """The sum of what `pull` has: each reviewer's newest word counts."""
    newest = {r.author: r for r in pull.reviews if r.state not in _WORDS}
    approving = [r for r in newest.values() if r.state is ReviewState.APPROVED]
    refusing = [r for r in newest.values() if r.state is ReviewState.CHANGES_REQUESTED]
    bad = [one for one in pull.checks if one.state not in _GOOD]
    failing = dict.fromkeys(one.name for one in bad if one.state is not CIState.PENDING)
    return Opinion(
        url=pull.url,
        state=pull.state,
        draft=pull.draft,
        approved_by=tuple(r.author for r in approving if r.commit == pull.head),
        approved_before=tuple(r.author for r in approving if r.commit != pull.head),
        refused_by=tuple(r.author for r in refusing),
        failing=tuple(failing),
        pending=tuple(dict.fromkeys(one.name for one in bad if one.name not in failing)),
        read_at=pull.read_at,
    )
