"""Landing by others' hands: the package is ready, its maintainers bring it in, we prove it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.handoff.made import folder_of
from stacker.handoff.package import TEXT
from stacker.land.outcome import Guarantee, LandResult, MemberResult, Reason, State, Way, Who
from stacker.land.settle import remember
from stacker.submit.handing_over import look_for, outdated

if TYPE_CHECKING:
    from stacker.land.gather import Target
    from stacker.land.run import Run


def hand_over(run: Run, target: Target) -> LandResult:
    """Where it stands: in upstream and proved, waiting for its maintainers, or not yet packed."""
    work, hands = run.work, run.hands
    series = work.load(hands.told)
    seen = look_for(work, series, target.all_members, hands.told)
    lines = {s: seen.series.lock.stage(s) for s in target.all_members}
    landed = {s: line.landing for s, line in lines.items() if line is not None and line.landing}
    old = outdated(work, series, seen.waiting)
    reasons = tuple(
        Reason(Who.PORTER, s, "its package is not what the series has now", f"stacker submit {s}")
        if s in old
        else Reason(
            Who.MAINTAINER, s, f"to be brought in: {folder_of(work.directory.state, s) / TEXT}",
            "stacker rebase finds it there",
        )
        for s in seen.waiting
    )  # fmt: skip
    state = State.LANDED if not seen.waiting else State.BLOCKED if old else State.WAITING
    if not run.request.dry_run:
        remember(work, landed, target.name)
    return LandResult(
        tx=None, state=state, guarantee=Guarantee.NONE, way=Way.HAND_OFF,
        branch=series.plan.repository(target.repository).branch or "",
        members=tuple(MemberResult(s, None, None, landed.get(s), "") for s in target.all_members),
        reasons=reasons,
    )  # fmt: skip
