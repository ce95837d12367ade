"""What the forge's answers about one pull request come to. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stacker.approvals.standing import approvals_of
from stacker.forge.api import CIState, PullState

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stacker.approvals.standing import Approvals, Known
    from stacker.forge.cache import KnownPull

_GOOD = frozenset({CIState.SUCCESS, CIState.NEUTRAL, CIState.SKIPPED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """Who said what about the pull request into `base`, as read at `read_at` (seconds since 1970).

    `failing` and `pending` are CI checks; `open_threads` counts those that nobody resolved, and is
    `None` where that is not known.
    """

    url: str
    state: PullState
    draft: bool
    approvals: Approvals
    failing: tuple[str, ...]
    pending: tuple[str, ...]
    read_at: int
    base: str = ""
    open_threads: int | None = None

    @property
    def approved(self) -> bool:
        """Whether somebody's approval stands, and nobody asks for changes."""
        return self.approvals.approved

    @property
    def approved_by(self) -> tuple[str, ...]:
        """Whose approvals stand."""
        return tuple(one.author for one in self.approvals.standing)

    @property
    def approved_before(self) -> tuple[str, ...]:
        """Whose approvals are of an earlier head, and do not stand."""
        return tuple(one.author for one in self.approvals.each if one.state.outlived)

    @property
    def refused_by(self) -> tuple[str, ...]:
        """Who asks for changes."""
        return self.approvals.refused_by


def opinion(pull: KnownPull, earlier: Mapping[str, Known] | None = None) -> Opinion:
    """The sum of what `pull` has; `earlier` as for `approvals_of`."""
    bad = [one for one in pull.checks if one.state not in _GOOD]
    failing = dict.fromkeys(one.name for one in bad if one.state is not CIState.PENDING)
    return Opinion(
        url=pull.url,
        state=pull.state,
        draft=pull.draft,
        approvals=approvals_of(pull, pull.head, earlier),
        failing=tuple(failing),
        pending=tuple(dict.fromkeys(one.name for one in bad if one.name not in failing)),
        read_at=pull.read_at,
        base=pull.base_branch,
        open_threads=pull.open_threads,
    )
