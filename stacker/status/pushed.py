"""Published stages as the forge last told them, and whether others pushed to their branches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.forge.api import PullState
from stacker.forge.cache import known_pulls
from stacker.git.history import is_ancestor
from stacker.git.objects import Oid

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stacker.forge.cache import KnownPull
    from stacker.git.store import ObjectStore
    from stacker.series.loading import Series
    from stacker.series.lock import Published
    from stacker.series.plan.model import StageId
    from stacker.series.workspace import Workspace


def published_pulls(
    work: Workspace, series: Series
) -> Iterator[tuple[StageId, Published, KnownPull]]:
    """The stages that are published, each with its pull request as the forge last told it."""
    pulls = known_pulls(work.directory.state)
    for stage in series.live:
        line = series.lock.stage(stage)
        if line is None or line.pull is None or line.published is None:
            continue
        pull = pulls.get((series.plan.repository(line.repository).upstream, line.pull))
        if pull is not None:
            yield stage, line.published, pull


def pushed_by_others(store: ObjectStore, published: Published, pull: KnownPull) -> Oid | None:
    """The head that others made, on top of ours or in its place; `None` where there is none.

    What the forge said before the newest push of ours is a head that the store has, and ours is
    not in it.
    """
    head = Oid(pull.head)
    if pull.state is not PullState.OPEN or head == published.head:
        return None
    if store.find(published.head) is None:
        return None  # a fresh clone cannot tell
    if store.find(head) is None or is_ancestor(store, published.head, head):
        return head
    return None
