"""In which release of upstream stages came out first that have landed."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from stacker.errors import GitError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stacker.git.objects import Oid
    from stacker.git.transfer import Told
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


def releases(
    work: Workspace, landings: Mapping[StageId, Oid], told: Told | None = None, *, fetch: bool
) -> dict[StageId, str]:
    """The first release of each landing that has one; upstream is asked for tags with `fetch`.

    Tags are told of and decide nothing: where they cannot be had, none are known.
    """
    if not landings:
        return {}
    from stacker.upstream.releases import fetch_tags, first_release  # noqa: PLC0415 - mostly nothing has landed

    found: dict[StageId, str] = {}
    homes = {stage: work.plan.stage(stage).repository for stage in landings}
    for name in dict.fromkeys(homes.values()):
        if fetch and name in work.upstreams:
            with suppress(GitError):
                fetch_tags(work.store, work.upstreams[name], told)
    for stage, commit in landings.items():
        known = work.store.find(commit) is not None
        release = first_release(work.store, homes[stage], commit) if known else None
        if release is not None:
            found[stage] = release
    return found
