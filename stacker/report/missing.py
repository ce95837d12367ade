"""What a stage lacks before it may land, as far as it is known here without asking anybody. Pure.

The forge has the last word: `land` reads all of it anew, and its rules with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.approvals.words import told
from stacker.land.outcome import Reason, Who
from stacker.series.plan.naming import listed
from stacker.status.value import StageState

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stacker.series.plan.model import Plan
    from stacker.status.value import GroupStatus, SeriesStatus, StageStatus

THERE = (StageState.LANDED, StageState.IN_UPSTREAM)


def missing(plan: Plan, status: SeriesStatus, one: StageStatus) -> tuple[Reason, ...]:
    """Every reason against landing the stage now, by who has to act; none for what landed."""
    if one.state in THERE:
        return ()
    return (*_state(one), *_needs(status, one), *_evidence(one), *_said(plan, one))


def gate(status: SeriesStatus, group: GroupStatus) -> str:
    """What keeps a member from being merged alone, by the forge's last word; empty where none can
    be. Upstream's rules may hold more, and only the forge tells them."""
    members = [status.stage(stage) for stage in group.stages]
    if len(members) < 2 or all(one.pull is None or one.state in THERE for one in members):
        return ""
    known = [one for one in members if one.opinion and one.state is StageState.SUBMITTED]
    if not known:
        return "whether its members are drafts is not known here"
    ready = [f"#{one.pull}" for one in known if one.opinion and not one.opinion.draft]
    if not ready:
        return "at least L1, every open member is a draft"
    verb = "is" if len(ready) == 1 else "are"
    return f"{listed(ready)} {verb} no draft; unless upstream has rules, a click merges it alone"


def _state(one: StageStatus) -> Iterator[Reason]:
    submit = f"stacker submit {one.id}"
    match one.state:
        case StageState.CONFLICT:
            yield Reason(Who.PORTER, one.id, "a rebase stopped here", f"stacker resolve {one.id}")
        case StageState.BLOCKED:
            text = f"a rebase waits for {one.stopped_on}"
            yield Reason(Who.PORTER, one.id, text, f"stacker resolve {one.stopped_on}")
        case StageState.NO_PATCHES:
            yield Reason(Who.PORTER, one.id, "has no patches yet", "stacker import")
        case StageState.REVERTED:
            yield Reason(Who.PORTER, one.id, "upstream took it out again", "stacker rebase")
        case StageState.NOT_SUBMITTED:
            yield Reason(Who.PORTER, one.id, "has no pull request", submit)
        case StageState.CLOSED:
            yield Reason(Who.PORTER, one.id, f"#{one.pull} is closed on the forge")
        case StageState.HAND_OFF:
            text = f"is handed over to the maintainers of {one.repository}"
            yield Reason(Who.MAINTAINER, one.id, text)
        case _:
            pass
    if one.published is not None and one.published.changed:
        shown = f"#{one.pull}" if one.pull else "what is published"
        text = f"{shown} does not show the series' newest change"
        yield Reason(Who.PORTER, one.id, text, submit)
    if one.published is not None and one.published.others is not None:
        take = f"stacker edit {one.id} --from-pull"
        yield Reason(Who.PORTER, one.id, "somebody else pushed to it", take)


def _needs(status: SeriesStatus, one: StageStatus) -> Iterator[Reason]:
    """Those that have to be there first; members of its group come with it."""
    for need in map(status.stage, one.needs):
        if need.state in THERE or (one.group is not None and need.group == one.group):
            continue
        shown = f" (#{need.pull})" if need.pull else ""
        yield Reason(Who.COORDINATOR, one.id, f"{need.id}{shown} must land first")


def _evidence(one: StageStatus) -> Iterator[Reason]:
    """What lacks for the same reason is said once."""
    alike: dict[tuple[str, str, str, bool], list[str]] = {}
    for lack in one.evidence.lacking if one.evidence else ():
        key = lack.check, lack.words, lack.command, lack.from_ci
        alike.setdefault(key, []).append(lack.platform)
    for (check, words, command, from_ci), platforms in alike.items():
        text = f"{check} for {listed(platforms)}: {words}"
        yield Reason(Who.CI if from_ci else Who.PORTER, one.id, text, command)


def _said(plan: Plan, one: StageStatus) -> Iterator[Reason]:
    """What reviewers and CI said, when the forge was last read."""
    opinion = one.opinion
    if opinion is None:
        if one.pull is not None:
            ask = "stacker status --refresh"
            yield Reason(Who.COORDINATOR, one.id, f"nobody asked what #{one.pull} has yet", ask)
        return
    for name in opinion.refused_by:
        yield Reason(Who.PORTER, one.id, f"{name} requested changes on #{one.pull}")
    group = plan.group_of(one.id)
    wanted, given = (group.approvals if group else None) or 1, len(opinion.approved_by)
    if given < wanted:
        text = f"#{one.pull} has {given} of {wanted} approvals that stand"
        why = "; ".join(told(each) for each in opinion.approvals.each if not each.state.stands)
        yield Reason(Who.REVIEWER, one.id, f"{text}: {why}" if why else text)
    for name in opinion.failing:
        yield Reason(Who.CI, one.id, f"{name} has not passed on #{one.pull}")
    for name in opinion.pending:
        yield Reason(Who.CI, one.id, f"{name} is still running on #{one.pull}")
