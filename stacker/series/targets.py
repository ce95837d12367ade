"""Where a series is to go: for each repository the upstream commit that is meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.git.arriving import complete
from stacker.series.workspace import fetch_tip, known_tip, resolve

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stacker.git.objects import Oid
    from stacker.git.transfer import Told
    from stacker.series.workspace import Workspace


def targets_of(
    work: Workspace,
    bases: Mapping[str, Oid],
    onto: Mapping[str, str],
    told: Told | None = None,
    *,
    fetch: bool = True,
) -> dict[str, Oid]:
    """Upstream's tips (the known ones without `fetch`), or what `onto` names; then the others stay.

    `onto` has revisions by repository (`""` is the default one). Raises `GitError`, `UsageError`.
    """
    targets = dict(bases)
    asked = {name or work.plan.default_repository.name: rev for name, rev in onto.items()}
    for name in asked:
        work.plan.repository(name)
    for name, upstream in work.upstreams.items():
        if name in asked:
            targets[name] = resolve(work.store, upstream, asked[name], told)
            to = targets[name]
            complete(work.store, upstream.origin, bases.get(name, to), to, told=told)
        elif asked or name not in targets:
            continue
        elif fetch:
            targets[name] = fetch_tip(work.store, upstream, told)
        else:
            targets[name] = known_tip(work.store, upstream) or targets[name]
    return targets
