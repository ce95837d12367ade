"""The one command that helps most now. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stacker.status.value import StageState, WaitsFor

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from stacker.landed.group import Torn
    from stacker.status.value import GroupStatus, SeriesStatus, StageStatus

_THERE = (StageState.LANDED, StageState.IN_UPSTREAM)
_OLD = 600  # seconds after which what the forge said is asked for again


@dataclass(frozen=True, slots=True)
class NextStep:
    """A command line, and why; `because` may be empty."""

    command: str
    because: str = ""


def next_step(status: SeriesStatus) -> NextStep | None:
    """What to do next; `None` when there is nothing to do but wait."""
    return next(_steps(status), None)


def _steps(status: SeriesStatus) -> Iterator[NextStep]:
    """All that could be done, the most useful first."""
    if not any(one.patches or one.landed for one in status.stages):
        yield NextStep("stacker import BASE..TIP --from CLONE --stage-per-commit")
        return
    for one in status.unfinished:
        if one.ours and one.command:
            yield NextStep(one.command, one.what)
    yield from _open(status, "resolve")
    yield from _stopped(status)
    yield from _open(status, "edit")
    if not status.in_store:
        yield NextStep("stacker rebase", "it also brings the series into this clone")
    yield from _landed(status)
    yield from _pushed(status)
    yield from _came(status)
    yield from _ready(status)
    yield from _behind(status)
    yield from _verify(status)
    yield from _submit(status)
    yield from _ask(status)
    yield from _hear_ci(status)


def _open(status: SeriesStatus, verb: str) -> Iterator[NextStep]:
    for one in status.folders:
        if one.verb == verb:
            yield NextStep(one.command, "its folder is open")


def _pushed(status: SeriesStatus) -> Iterator[NextStep]:
    for one in status.stages:
        if one.published is not None and one.published.others is not None:
            because = f"somebody pushed to {f'#{one.pull}' if one.pull else 'its branch'}"
            yield NextStep(f"stacker edit {one.id} --from-pull", because)


def _came(status: SeriesStatus) -> Iterator[NextStep]:
    for one in status.stages:
        if one.adopts is not None and one.adopts.more and one.state is not StageState.LANDED:
            because = f"more came to #{one.adopts.number}"
            yield NextStep(f"stacker edit {one.id} --from-pull", because)


def _stopped(status: SeriesStatus) -> Iterator[NextStep]:
    if status.stopped is None:
        return
    targets = dict(status.stopped.targets)
    for stage in status.stopped.stages:
        target = targets.get(status.stage(stage).repository)
        what = f"rebase to {target[:7]}" if target else "a rebase"
        if status.stopped.edit is not None:
            what = f"the edit of {status.stopped.edit}"
        yield NextStep(f"stacker resolve {stage}", f"{what} stopped there")
    to = ", ".join(target[:7] for target in targets.values())
    edit = status.stopped.edit
    yield NextStep(
        "stacker rebase", f"it goes on {f'with the edit of {edit}' if edit else f'to {to}'}"
    )


def _landed(status: SeriesStatus) -> Iterator[NextStep]:
    back = [one.id for one in status.stages if one.state is StageState.REVERTED]
    if back:
        yield NextStep("stacker rebase", f"upstream took {', '.join(back)} out again")
    there = [one.id for one in status.stages if one.state is StageState.IN_UPSTREAM]
    if there:
        torn = [group.name for group in status.groups if group.torn and {*group.stages} & {*there}]
        alone = f" without the rest of {', '.join(torn)}" if torn else ""
        yield NextStep("stacker rebase", f"upstream has {', '.join(there)}{alone}")


def _ready(status: SeriesStatus) -> Iterator[NextStep]:
    for group in status.groups:
        left = any(status.stage(member).state not in _THERE for member in group.stages)
        if group.torn is not None:
            yield from _rest(status, group, group.torn)
        elif left and group.ready == len(group.stages) and _free(status, group.stages):
            yield NextStep(f"stacker land --group {group.name}", "all of it is approved")
    for one in status.stages:
        if one.group is None and one.ready and _free(status, (one.id,)):
            yield NextStep(f"stacker land {one.id}", "it is approved")


def _rest(status: SeriesStatus, group: GroupStatus, torn: Torn) -> Iterator[NextStep]:
    """The rest may land as soon as it is published as it is; `land` tells what is still missing."""
    left = [status.stage(stage) for stage in torn.landing.left]
    if all(one.published is not None and not one.published.changed for one in left):
        yield NextStep(f"stacker land --group {group.name} --rest", torn.said)


def _free(status: SeriesStatus, stages: tuple[str, ...]) -> bool:
    """Whether all that these stages need besides each other is in upstream."""
    needed = {need for stage in stages for need in status.stage(stage).needs} - set(stages)
    return all(status.stage(need).state in _THERE for need in needed)


def _behind(status: SeriesStatus) -> Iterator[NextStep]:
    moved = [u for u in status.upstreams if u.ahead]
    if moved:
        count = sum(u.ahead or 0 for u in moved)
        yield NextStep("stacker rebase", f"{count} new {'commit' if count == 1 else 'commits'}")


def _verify(status: SeriesStatus) -> Iterator[NextStep]:
    if not status.has_checks:
        return
    failing = [one for one in status.stages if one.evidence and one.evidence.failing]
    if failing:
        evidence = failing[0].evidence
        assert evidence is not None
        yield NextStep(f"stacker verify {failing[0].id}", str(evidence.failing[0]))
    elif status.edits or any(_unverified(one) for one in status.stages):
        yield NextStep("stacker verify", status.edits[0] if status.edits else "")


def _unverified(one: StageStatus) -> bool:
    """Whether something lacks evidence that this machine can bring."""
    lacking = one.evidence.lacking if one.evidence is not None else ()
    return one.state is not StageState.LANDED and any(not each.by for each in lacking)


def _submit(status: SeriesStatus) -> Iterator[NextStep]:
    local = [one.id for one in status.stages if one.state is StageState.NOT_SUBMITTED]
    changed = [one.id for one in status.stages if one.published and one.published.changed]
    older = [one.id for one in status.stages if one.package is False and one.landing is None]
    if local:
        yield NextStep("stacker submit", f"{_some(local)} not submitted")
    elif changed or (status.edits and any(one.on_forge for one in status.stages)):
        yield NextStep("stacker submit", f"{_some(changed)} changed" if changed else "")
    elif older:
        yield NextStep("stacker submit", f"what was packed of {_some(older)} is older")
    elif status.edits:
        yield NextStep("stacker rebase", status.edits[0])


def _some(stages: Sequence[str]) -> str:
    return stages[0] if len(stages) == 1 else f"{len(stages)} stages"


def _ask(status: SeriesStatus) -> Iterator[NextStep]:
    waiting = any(
        one.waits_for in (WaitsFor.UNKNOWN, WaitsFor.REVIEW, WaitsFor.FORGE)
        for one in status.stages
    )
    read = status.forge_read_at
    if waiting and (read is None or status.now - read > _OLD):
        yield NextStep("stacker status --refresh", "ask the forge what reviewers say")


def _hear_ci(status: SeriesStatus) -> Iterator[NextStep]:
    waiting = (one for one in status.stages if one.pull and one.state is not StageState.LANDED)
    if any(each.from_ci for one in waiting if one.evidence for each in one.evidence.lacking):
        yield NextStep("stacker verify", "ask what upstream's CI said")
