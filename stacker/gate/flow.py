"""`stacker gate`: report on every pull request of the series whether it may be merged alone.

These are commit statuses: who may write to the repository can set them, so they hold against a
click and not against somebody who forges one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from stacker.forge.api import CIState, PullState
from stacker.gate.context import CONTEXT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stacker.forge.api import PullRequest
    from stacker.series.loading import Series
    from stacker.series.plan.model import StageId
    from stacker.series.workspace import Workspace

_LONGEST = 140  # characters that the forge shows of a description


class GateForge(Protocol):
    """What the gate asks of a forge."""

    def pulls(
        self, repository: str, numbers: Sequence[int] = (), heads: Sequence[str] = ()
    ) -> tuple[PullRequest, ...]:
        """Pull requests by number."""
        ...

    def set_status(
        self,
        repository: str,
        oid: str,
        *,
        context: str,
        state: CIState,
        description: str,
        url: str | None = None,
    ) -> None:
        """Report a commit status."""
        ...


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the gate says of one pull request; `changed` when it had said otherwise, or nothing."""

    stage: StageId
    number: int
    head: str
    closed: bool
    description: str
    changed: bool


def gate(
    work: Workspace, forge: GateForge, group: str | None, *, dry_run: bool = False
) -> tuple[Verdict, ...]:
    """Report on the members of `group` (none: of every group), and pass what is in none."""
    series = work.load()
    if group is not None:
        series.plan.group(group)
    found: list[Verdict] = []
    for repository, pulls in _open_pulls(series, forge).items():
        numbers = {stage: pull.number for stage, pull in pulls.items()}
        for stage, pull in pulls.items():
            verdict = judge(series, stage, pull, numbers)
            if group is not None and verdict.closed and not _in(series, stage, group):
                continue
            if verdict.changed and not dry_run:
                forge.set_status(
                    repository, pull.head, context=CONTEXT, description=verdict.description,
                    state=CIState.FAILURE if verdict.closed else CIState.SUCCESS,
                )  # fmt: skip
            found.append(verdict)
    order = series.plan.order
    return tuple(sorted(found, key=lambda v: order.index(v.stage)))


def judge(
    series: Series, stage: StageId, pull: PullRequest, numbers: Mapping[StageId, int]
) -> Verdict:
    """What the gate says of one pull request: a member alone is never let through. Pure."""
    group = series.plan.group_of(stage)
    others = [s for s in group.stages if s != stage and not _has_landed(series, s)] if group else []
    if group is not None and others:
        names = ", ".join(f"#{numbers[s]}" if s in numbers else s for s in others)
        text = f"Lands only together with {names}: stacker land --group {group.name}"
    else:
        why = "The others have landed" if group is not None and group.stages != (stage,) else None
        text = f"{why or 'Lands with no other'}: may be merged alone"
    text = text[:_LONGEST]
    wanted = CIState.FAILURE if others else CIState.SUCCESS
    now = next((c for c in pull.checks if c.name == CONTEXT), None)
    changed = now is None or (now.state, now.description) != (wanted, text)
    return Verdict(stage, pull.number, pull.head, bool(others), text, changed)


def _open_pulls(series: Series, forge: GateForge) -> dict[str, dict[StageId, PullRequest]]:
    by_repository: dict[str, dict[int, StageId]] = {}
    for line in series.lock.stages:
        if line.pull is not None and line.stage in series.plan.order:
            upstream = series.plan.repository(line.repository).upstream
            by_repository.setdefault(upstream, {})[line.pull] = line.stage
    return {
        repository: {
            stages[pull.number]: pull
            for pull in forge.pulls(repository, list(stages))
            if pull.state is PullState.OPEN
        }
        for repository, stages in by_repository.items()
    }


def _in(series: Series, stage: StageId, group: str) -> bool:
    return stage in series.plan.group(group).stages


def _has_landed(series: Series, stage: StageId) -> bool:
    line = series.lock.stage(stage)
    return series.landed(stage) or (line is not None and line.landing is not None)
