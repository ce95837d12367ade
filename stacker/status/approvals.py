"""What is known of earlier heads that were approved, as far as the forge's last answer tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.approvals.looking import Shown, look
from stacker.git.objects import Oid
from stacker.status.pushed import published_pulls

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stacker.approvals.standing import Known
    from stacker.series.loading import Series
    from stacker.series.plan.model import StageId
    from stacker.series.workspace import Workspace


def earlier(work: Workspace, series: Series) -> Mapping[StageId, Mapping[str, Known]]:
    """By stage, what this clone has of them; nobody is asked for what it lacks."""
    shown = {
        stage: Shown(pull, published.branch, Oid(pull.head))
        for stage, published, pull in published_pulls(work, series)
    }
    return look(work.store, series.plan.approvals, shown)
