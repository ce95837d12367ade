"""Looks up what approvals of earlier heads are worth: in the history, in the commits."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stacker.approvals.own_change import Own, same_change
from stacker.approvals.recorded import recorded
from stacker.approvals.standing import UNKNOWN, Known, earlier_heads
from stacker.errors import GitError
from stacker.git.history import is_ancestor
from stacker.git.objects import Oid, is_oid
from stacker.series.plan.choices import ApprovalRule

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from stacker.approvals.recorded import Recorded
    from stacker.approvals.standing import Reviewed
    from stacker.git.store import ObjectStore
    from stacker.series.plan.model import StageId


@dataclass(frozen=True, slots=True)
class Shown:
    """A stage's pull request, and the head that is asked about: what it shows, or is about to.

    `branch` is the one that it is published on; `below` what `head` stands on, `None` where the
    history is to tell.
    """

    pull: Reviewed
    branch: str
    head: Oid
    below: Oid | None = None


def look(
    store: ObjectStore,
    rule: ApprovalRule,
    shown: Mapping[StageId, Shown],
    fetch: Callable[[StageId, Oid], None] | None = None,
) -> dict[StageId, Mapping[str, Known]]:
    """What is known of the earlier heads that count, by stage; nothing where none does.

    `fetch` brings a head that the store lacks, or raises `GitError`; without it nobody is asked.
    """
    if rule is ApprovalRule.HEAD:
        return {}
    asked = {
        stage: [Oid(c) for c in earlier_heads(one.pull, one.head) if is_oid(c)]
        for stage, one in shown.items()
    }
    wanted = {c for heads in asked.values() for c in heads}
    wanted |= {shown[stage].head for stage, heads in asked.items() if heads}
    records = recorded(store, wanted) if wanted else {}
    found: dict[StageId, Mapping[str, Known]] = {}
    for stage, one in shown.items():
        own = {h: r for h, r in records.items() if r.branch == one.branch}
        if fetch is not None:
            for head in asked[stage]:
                if head in own and store.find(head) is None:
                    with suppress(GitError):
                        fetch(stage, head)
        found[stage] = {head: _known(store, one, head, own) for head in asked[stage]}
    return found


def _known(store: ObjectStore, one: Shown, head: Oid, records: Mapping[Oid, Recorded]) -> Known:
    then, now = records.get(head), records.get(one.head)
    if then is None:
        return UNKNOWN
    below = one.below or (now.below if now else None)
    if below is None:
        return Known(then.version, None)
    try:
        pair = Own(below, one.head), Own(then.below, head)
        whole = all(store.find(o.head) and is_ancestor(store, o.below, o.head) for o in pair)
        return Known(then.version, same_change(store, *pair) if whole else None)
    except GitError:  # a store that lacks part of it
        return Known(then.version, None)
