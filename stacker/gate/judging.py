"""What the gate says of a pull request: a member is let through only when all others are in. Pure.

It passes or it fails, and is never skipped: a forge takes a skipped check for a passed one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from stacker.forge.api import CIState
from stacker.gate.context import CONTEXT
from stacker.landed.group import Extent, alone_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stacker.forge.api import PullRequest
    from stacker.landed.group import GroupLanding
    from stacker.series.plan.model import Group, StageId

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
    group: Group | None,
    landing: GroupLanding | None,
    stage: StageId,
    pull: PullRequest,
    numbers: Mapping[StageId, int],
) -> Verdict:
    """What the gate says of the open pull request of a stage.

    `landing` is how much of its group upstream has; `numbers` are those of pull requests.
    """
    left = landing.left if landing is not None else group.stages if group is not None else ()
    others = ", ".join(f"#{numbers[s]}" if s in numbers else s for s in left if s != stage)
    if group is None or group.stages == (stage,):
        closed, text = False, "Lands with no other: may be merged alone"
    elif landing is not None and landing.extent is Extent.ALL:
        closed, text = False, f"All of {group.name} has landed"
    elif landing is not None and landing.torn:
        rest = f"; lands only with {others}" if others else ""
        closed, text = True, f"{alone_words(landing, numbers)}; frozen{rest}"
    else:
        closed, text = True, f"Lands only together with {others}: stacker land --group {group.name}"
    return _told(Verdict(stage, pull.number, pull.head, closed, _short(text), False), pull)


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
