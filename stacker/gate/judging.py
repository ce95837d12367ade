"""What the gate says of a pull request: a member is let through only when all others are in. Pure.

It passes or it fails, and is never skipped: a forge takes a skipped check for a passed one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from stacker.forge.api import CIState
from stacker.gate.context import CONTEXT
from stacker.landed.group import Extent, alone_words
from stacker.series.plan.chains import below

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from stacker.forge.api import PullRequest
    from stacker.landed.group import GroupLanding
    from stacker.series.plan.model import Plan, StageId

_LONGEST = 140  # characters that the forge shows of a description


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the gate says of one head; `changed` when it had said otherwise there, or nothing."""

    stage: StageId
    number: int
    head: str
    closed: bool
    description: str
    changed: bool


def judge(
    plan: Plan, landings: Mapping[str, GroupLanding], stage: StageId, pull: PullRequest,
    numbers: Mapping[StageId, int],
) -> Verdict:  # fmt: skip
    """What the gate says of the open pull request of a stage.

    `landings` is how much of each group upstream has; `numbers` are those of pull requests.
    """
    group = plan.group_of(stage)
    mine = landings[group.name] if group is not None and group.stages != (stage,) else None
    against = _of_member(mine, stage, numbers) if mine is not None else ""
    against = against or _of_others(plan, landings, stage, numbers)
    text = f"All of {mine.group} has landed" if mine else "Lands with no other: may be merged alone"
    short = _short(against or text)
    return _told(Verdict(stage, pull.number, pull.head, bool(against), short, False), pull)


def _of_member(mine: GroupLanding, stage: StageId, numbers: Mapping[StageId, int]) -> str:
    """What is against merging a member, while not all of its group has landed."""
    others = _names([s for s in mine.left if s != stage], numbers)
    if mine.torn:
        rest = f"; lands only with {others}" if others else ""
        return f"{alone_words(mine, numbers)}; frozen{rest}"
    if mine.extent is Extent.ALL:
        return ""
    return f"Lands only together with {others}: stacker land --group {mine.group}"


def _of_others(
    plan: Plan, landings: Mapping[str, GroupLanding], stage: StageId, numbers: Mapping[StageId, int]
) -> str:
    """What is against merging a stage that stands on members of a group: its branch holds them."""
    under = below(plan, stage)
    for one in landings.values():
        held = [s for s in one.left if s in under]
        if held and len(one.members) > 1 and stage not in one.members:
            return (
                f"Holds {_names(held, numbers)} of {one.group}, which lands first: "
                f"stacker land --group {one.group}"
            )
    return ""


def _names(stages: Iterable[StageId], numbers: Mapping[StageId, int]) -> str:
    return ", ".join(f"#{numbers[s]}" if s in numbers else s for s in stages)


def stricter(
    verdicts: tuple[Verdict, ...], pulls: Mapping[StageId, PullRequest]
) -> tuple[Verdict, ...]:
    """The same, where a head that two pull requests have fails if it fails for one of them: what
    is reported is bound to the head alone."""
    failing = {one.head: one for one in verdicts if one.closed}
    return tuple(
        one
        if one.closed or one.head not in failing
        else _told(
            replace(one, closed=True, description=failing[one.head].description), pulls[one.stage]
        )
        for one in verdicts
    )  # fmt: skip


def state_of(one: Verdict) -> CIState:
    """What is reported: it fails or it passes."""
    return CIState.FAILURE if one.closed else CIState.SUCCESS


def _told(one: Verdict, pull: PullRequest) -> Verdict:
    """The verdict, knowing what the head was told before."""
    now = next((c for c in pull.checks if c.name == CONTEXT), None)
    said = now is not None and (now.state, now.description) == (state_of(one), one.description)
    return replace(one, changed=not said)


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
