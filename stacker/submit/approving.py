"""Which pull requests are approved, as `submit` and `land` ask: of the forge's fresh answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.approvals.looking import Shown, look
from stacker.approvals.standing import approvals_of
from stacker.git import transfer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stacker.approvals.standing import Approvals, Known
    from stacker.forge.api import PullRequest
    from stacker.git.objects import Oid
    from stacker.git.store import ObjectStore
    from stacker.series.loading import Series
    from stacker.series.plan.model import StageId
    from stacker.submit.heads import Head
    from stacker.submit.place import Place


def approvals(
    store: ObjectStore,
    series: Series,
    heads: Sequence[Head],
    places: Mapping[str, Place],
    pulls: Mapping[StageId, PullRequest],
) -> dict[StageId, Approvals]:
    """Who approved each pull request, seen from the head that it is to have."""
    shown = {
        one.stage: Shown(pulls[one.stage], one.branch, one.head, one.stands_on)
        for one in heads
        if one.stage in pulls
    }
    known = earlier(store, series, places, shown)
    return {s: approvals_of(one.pull, one.head, known.get(s)) for s, one in shown.items()}


def earlier(
    store: ObjectStore,
    series: Series,
    places: Mapping[str, Place],
    shown: Mapping[StageId, Shown],
) -> Mapping[StageId, Mapping[str, Known]]:
    """What is known of earlier heads that were approved; those not here are asked for."""

    def fetch(stage: StageId, head: Oid) -> None:
        place = places[series.plan.stage(stage).repository]
        transfer.fetch_ids(store.git, place.url, [head], place.credential)

    return look(store, series.plan.approvals, shown, fetch)
