"""What the forge says of the series' pull requests, read once and remembered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from stacker.forge.cache import remember_pulls
from stacker.series.lock import Lock
from stacker.series.lock import parse as parse_lock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stacker.forge.api import PullRequest
    from stacker.series.directory import SeriesDirectory
    from stacker.series.plan.model import Plan


class PullReader(Protocol):
    """What reading them asks of a forge."""

    def pulls(
        self, repository: str, numbers: Sequence[int] = (), heads: Sequence[str] = ()
    ) -> tuple[PullRequest, ...]:
        """Pull requests by number and by head."""
        ...


def read_pulls(
    directory: SeriesDirectory, plan: Plan, forge: PullReader, now: int
) -> tuple[str, ...]:
    """Read all pull requests of the lock, and those that the plan's stages continue; `now` in
    seconds since 1970.

    Returns those that the forge does not show, as `OWNER/NAME#N`.
    """
    raw = directory.read("series.lock")
    lines = (parse_lock(raw) if raw is not None else Lock()).stages
    missing: list[str] = []
    for repository in plan.repositories:
        own = [line.pull for line in lines if line.repository == repository.name and line.pull]
        own += [s.adopts for s in plan.stages if s.repository == repository.name and s.adopts]
        own = list(dict.fromkeys(own))
        if own:
            pulls = forge.pulls(repository.upstream, own)
            remember_pulls(directory.state, pulls, now)
            shown = {pull.number for pull in pulls}
            missing += [f"{repository.upstream}#{n}" for n in own if n not in shown]
    return tuple(missing)
