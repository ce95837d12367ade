"""What others pushed to a stage's branch: their commits as changes to take in, and the lock after.

A merge brings nothing of its own when it is what git makes of its parents; upstream's commits and
other stages' heads are no change of this stage. What somebody changed while merging counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.errors import SeriesError
from stacker.git.history import is_ancestor, merge_base
from stacker.git.remerge import remerge
from stacker.series.workspace import known_tip
from stacker.submit.foreign import by_whom

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from stacker.git.objects import Oid
    from stacker.git.store import ObjectStore
    from stacker.series.lock import Lock, Published
    from stacker.series.plan.model import StageId
    from stacker.series.workspace import Workspace


def changes(
    store: ObjectStore, commits: Sequence[Oid], base: Oid, trunk: Oid | None
) -> Iterator[Oid]:
    """Commits with one parent each that change what `commits` change, in the same order.

    `base` is where the series stands, `trunk` the tip of upstream's branch. Raises `SeriesError`
    where a conflict with an upstream that the series has not reached was solved in a merge.
    """
    for oid in commits:
        parents = store.commit(oid).parents
        if len(parents) == 1:
            yield oid
            continue
        if len(parents) != 2:
            raise SeriesError(
                f"{_shown(store, oid)} has {len(parents)} parents",
                hint="Who pushed it can make it a row of commits or of merges of two.",
            )
        own = remerge(store, oid)
        if own is None:
            continue
        newest = merge_base(store, oid, trunk) if own.conflicted and trunk else None
        if newest is not None and not is_ancestor(store, newest, base):
            raise SeriesError(
                f"{_shown(store, oid)} solves a conflict with upstream's {newest[:10]}, and the "
                "series stands on an older commit",
                hint="Run `stacker rebase` first; then what was solved there can be taken in.",
            )
        yield own.commit


def knowing(work: Workspace, lock: Lock, stage: StageId, head: Oid, *, adopted: bool) -> Lock:
    """The lock that knows `head` as what the stage's branch has, or the pull request it adopts."""
    line = lock.stage(stage)
    assert line is not None, "what was pulled has a line"
    if adopted:
        line = line._replace(adopted=head)
        lock = lock.updated(line)
    # A stage that is pushed to what it adopts has that one's branch.
    if adopted and (line.published is None or work.plan.stage(stage).pushes_to is None):
        return lock
    assert line.published is not None, "what was pulled was published"
    published = line.published._replace(
        head=head, base=_base(work, line.repository, line.published, head)
    )
    return lock.updated(line._replace(published=published))


def _base(work: Workspace, repository: str, published: Published, head: Oid) -> Oid:
    """The newest upstream commit in `head`: a merge may have brought a newer one."""
    trunk = known_tip(work.store, work.upstreams[repository])
    found = merge_base(work.store, head, trunk) if trunk else None
    if found is not None and is_ancestor(work.store, published.base, found):
        return found
    return published.base


def _shown(store: ObjectStore, oid: Oid) -> str:
    return f"{oid[:10]} ({by_whom(store, [oid])})"
