"""The answers of a landing: blocked, waiting, done before, or as the server says. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.land.outcome import Guarantee, LandResult, MemberResult, State

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stacker.git.objects import Oid
    from stacker.git.store import ObjectStore
    from stacker.land.classify import Reads
    from stacker.land.gather import Gathered, Target
    from stacker.land.intent import Intent
    from stacker.land.outcome import Reason
    from stacker.series.plan.model import StageId


def not_landed(
    state: State, found: Gathered, reasons: tuple[Reason, ...], intent: Intent | None = None
) -> LandResult:
    """Blocked, waiting or stale: every member as it is, and all that is in the way."""
    members = tuple(
        MemberResult(
            m.stage,
            m.pull.number if m.pull else None,
            m.head,
            None,
            str(m.pull.state) if m.pull else "",
        )
        for m in found.facts.members
    )
    return LandResult(
        tx=intent.tx if intent else None,
        state=state,
        guarantee=guarantee(intent) if intent else Guarantee.NONE,
        way=intent.way if intent else None,
        branch=found.facts.trunk,
        members=members,
        reasons=reasons,
    )


def already(
    store: ObjectStore, found: Gathered, target: Target, begun: Iterable[Intent]
) -> LandResult:
    """Nothing is left to land: upstream has it. How it came there, only our own journal knows."""
    members = tuple(_landed_member(found, stage) for stage in target.all_members)
    last = members[-1].landed_as
    there = last is not None and store.find(last) is not None
    ours = next((i for i in begun if i.name == target.name and i.candidate == last), None)
    at_once = len({m.landed_as for m in members}) == 1
    return LandResult(
        tx=ours.tx if ours else None,
        state=State.LANDED,
        guarantee=Guarantee.ATOMIC if ours or at_once else Guarantee.NONE,
        way=None,
        branch=found.facts.trunk,
        commit=last,
        tree=store.commit(last).tree if there and last is not None else None,
        members=members,
    )


def concluded(
    intent: Intent, state: State, reads: Reads | None = None, *,
    reasons: tuple[Reason, ...] = (), follow_up: tuple[str, ...] = (),
) -> LandResult:  # fmt: skip
    """What became of an intent; its members' pull requests were not looked at."""
    landed = reads.landed if reads else None
    members = tuple(
        MemberResult(m.stage, m.number, m.head, landed and intent.landing_of(m, landed), "")
        for m in intent.members
    )
    return LandResult(
        tx=intent.tx, state=state, guarantee=guarantee(intent), way=intent.way,
        branch=intent.branch, commit=landed, tree=reads.tree if reads else None,
        members=members, reasons=reasons, follow_up=follow_up,
    )  # fmt: skip


def guarantee(intent: Intent) -> Guarantee:
    """What the intent's way promises."""
    return Guarantee.ONE_SQUASHED_COMMIT if intent.squash else Guarantee.ATOMIC


def _landed_member(found: Gathered, stage: StageId) -> MemberResult:
    line = found.series.lock.stage(stage)
    commit: Oid | None = (line.landing if line else None) or found.tips.landed.get(stage)
    head = line.published.head if line and line.published else None
    return MemberResult(stage, line.pull if line else None, head, commit, "")
