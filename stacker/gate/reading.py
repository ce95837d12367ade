"""The pull requests of a series as the forge has them now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from stacker.forge.api import PullState
from stacker.forge.cache import remember_pulls

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stacker.forge.api import PullRequest
    from stacker.series.loading import Series
    from stacker.series.plan.model import StageId
    from stacker.series.workspace import Workspace

    Pulls = Mapping[str, Mapping[StageId, PullRequest]]
    """By repository and stage."""


class PullReader(Protocol):
    """What reading them asks of a forge."""

    def pulls(
        self, repository: str, numbers: Sequence[int] = (), heads: Sequence[str] = ()
    ) -> tuple[PullRequest, ...]:
        """Pull requests by number."""
        ...


def read_pulls(work: Workspace, series: Series, forge: PullReader) -> Pulls:
    """All that the lock knows; what the forge said is remembered for who looks later."""
    by_repository: dict[str, dict[int, StageId]] = {}
    for line in series.lock.stages:
        if line.pull is not None and line.stage in series.plan.order:
            upstream = series.plan.repository(line.repository).upstream
            by_repository.setdefault(upstream, {})[line.pull] = line.stage
    found = {}
    for repository, stages in by_repository.items():
        pulls = forge.pulls(repository, list(stages))
        remember_pulls(work.directory.state, pulls, work.now)
        found[repository] = {stages[pull.number]: pull for pull in pulls}
    return found


def mergeable(pulls: Pulls) -> set[tuple[str, int, str]]:
    """The heads that somebody could merge now."""
    return {
        (repository, pull.number, pull.head)
        for repository, own in pulls.items()
        for pull in own.values()
        if pull.state is PullState.OPEN
    }
