"""What is known of earlier heads that were approved, as far as the forge's last answer tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.approvals.looking import Shown, look
from stacker.forge.cache import known_pulls
from stacker.git.objects import Oid

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stacker.approvals.standing import Known
    from stacker.series.loading import Series
    from stacker.series.plan.model import StageId
    from stacker.series.workspace import Workspace


def earlier(work: Workspace, series: Series) -> Mapping[StageId, Mapping[str, Known]]:
    """By stage, what this clone has of them; nobody is asked for what it lacks."""
    pulls = known_pulls(work.directory.state)
    shown: dict[StageId, Shown] = {}
    for stage in series.live:
        line = series.lock.stage(stage)
        if line is None or line.pull is None or line.published is None:
            continue
        pull = pulls.get((series.plan.repository(line.repository).upstream, line.pull))
        if pull is not None:
            shown[stage] = Shown(pull, line.published.branch, Oid(pull.head))
    return look(work.store, series.plan.approvals, shown)
