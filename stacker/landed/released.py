"""In which release of upstream stages came out first that have landed."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from stacker.errors import GitError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stacker.git.objects import Oid
    from stacker.series.loading import Series
    from stacker.series.plan.model import StageId
    from stacker.series.workspace import Workspace


def unreleased(series: Series, landed: Mapping[StageId, Oid]) -> dict[StageId, Oid]:
    """The landings of which no release is known: those of the lock, and `landed` now."""
    before = {
        line.stage: line.landing
        for line in series.lock.stages
        if line.landed and line.landing and not line.release and not line.reverted
    }
    return before | dict(landed)


def releases(work: Workspace, landings: Mapping[StageId, Oid]) -> dict[StageId, str]:
    """The first release of each landing that has one; upstream is asked for its tags.

    They are told of and decide nothing: where they cannot be had, none are known.
    """
    if not landings:
        return {}
    from stacker.upstream.releases import first_releases  # noqa: PLC0415 - mostly nothing has landed

    homes: dict[str, dict[StageId, Oid]] = {}
    for stage, commit in landings.items():
        name = work.plan.stage(stage).repository
        if name in work.upstreams and work.store.find(commit) is not None:
            homes.setdefault(name, {})[stage] = commit
    found: dict[StageId, str] = {}
    for name, own in homes.items():
        with suppress(GitError):
            known = first_releases(work.store, work.upstreams[name], own.values())
            found |= {stage: known[oid] for stage, oid in own.items() if oid in known}
    return found
