"""What the forge last told of the CI checks of a series' pull requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.forge.cache import known_pulls
from stacker.git.history import is_ancestor
from stacker.git.objects import Oid
from stacker.git.transfer import fetch_ids
from stacker.series.plan.upstream import UpstreamKind
from stacker.verify.ci_binding import Merge, Seen, Unseen

if TYPE_CHECKING:
    from pathlib import Path

    from stacker.forge.cache import KnownPull
    from stacker.git.store import ObjectStore
    from stacker.series.loading import Series
    from stacker.series.lock import StageLock
    from stacker.series.plan.model import Repository, StageId
    from stacker.series.workspace import Workspace
    from stacker.verify.ci_binding import Sight


def pulls_seen(store: ObjectStore, series: Series, state: Path) -> dict[StageId, Sight]:
    """The head of each live stage's pull request; `state` is `.stacker`, asks nobody."""
    known = known_pulls(state)
    found: dict[StageId, Sight] = {}
    for stage in series.live:
        repository = series.plan.repository(series.plan.stage(stage).repository)
        line = series.lock.stage(stage)
        if repository.kind is not UpstreamKind.FORGE:
            found[stage] = Unseen(f"{repository.name} is on no forge")
        elif line is None or line.pull is None:
            found[stage] = Unseen(f"{stage} is not submitted")
        elif (pull := known.get((repository.upstream, line.pull))) is None:
            found[stage] = Unseen(f"the forge has not told of #{line.pull} yet")
        else:
            found[stage] = _head(store, repository, line, pull)
    return found


def bring_heads(work: Workspace, series: Series) -> None:
    """Fetch the heads that the forge told of and that the store lacks, of a repository at once."""
    known = known_pulls(work.directory.state)
    missing: dict[str, list[Oid]] = {}
    for stage in series.live:
        line = series.lock.stage(stage)
        upstream = series.plan.repository(series.plan.stage(stage).repository).upstream
        pull = known.get((upstream, line.pull)) if line is not None and line.pull else None
        if line is not None and pull is not None and work.store.find(pull.head) is None:
            missing.setdefault(line.repository, []).append(Oid(pull.head))
    for name, heads in missing.items():
        place = work.upstreams[name]
        fetch_ids(work.store.git, place.url, heads, place.credential)


def _head(store: ObjectStore, repository: Repository, line: StageLock, pull: KnownPull) -> Seen:
    there = store.find(pull.head) is not None
    published = line.published
    return Seen(
        where=f"#{pull.number}'s head {pull.head[:7]}",
        commit=pull.head,
        tree=store.commit(Oid(pull.head)).tree if there else None,
        base=published.base if published is not None and published.head == pull.head else "",
        merge=Merge(
            pull=f"#{pull.number}",
            branch=pull.base_branch,
            tip=pull.base_tip,
            followed=pull.base_branch == repository.branch,
            contained=there and contains(store, pull.head, pull.base_tip),
        ),
        runs=pull.checks,
    )


def contains(store: ObjectStore, commit: str, tip: str) -> bool:
    """Whether `commit`, which the store has, contains `tip`; then the store has that, too."""
    if not tip or store.find(tip) is None:
        return False
    return is_ancestor(store, Oid(tip), Oid(commit))
