"""What a forge gets to see while the actions of a submit are done: every pull request right after
each action that changes it. Pure.

It is not the end alone that counts: a pull request whose head is in its base for a moment is
merged for good.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, assert_never

from stacker.submit.actions import (
    ClosePull,
    CreateFork,
    EditPull,
    HandOver,
    OpenPull,
    PushHeads,
    SetDraft,
    WriteComment,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from stacker.git.objects import Oid
    from stacker.series.plan.model import StageId
    from stacker.submit.actions import Action


@dataclass(frozen=True, slots=True)
class Branches:
    """Where branches are, by (repository of the plan, name): in `heads` those that we push, in
    `bases` those of upstream. In the repositories that are `own` they are the same ones."""

    heads: Mapping[tuple[str, str], Oid]
    bases: Mapping[tuple[str, str], Oid]
    own: Collection[str]


@dataclass(frozen=True, slots=True)
class Standing:
    """A pull request of ours that is open. `branch` is what `head` follows, empty for that of
    somebody else's fork; `number` is 0 before it is opened."""

    stage: StageId
    repository: str
    number: int
    branch: str
    head: Oid | None
    base: str


@dataclass(frozen=True, slots=True)
class Moment:
    """A pull request after an action: `doing` is `open`, `push` or `retarget`. Its head is at
    `head`, and its base branch at `tip`."""

    stage: StageId
    number: int
    repository: str
    doing: str
    head: Oid
    base: str
    tip: Oid


def moments(
    standing: Iterable[Standing],
    branches: Branches,
    actions: Sequence[Action],
) -> tuple[Moment, ...]:
    """All of them, in order, as far as it is known where the branches are."""
    forge = _Forge({one.stage: one for one in standing}, branches)
    found: list[Moment] = []
    for action in actions:
        before = forge.pairs()
        doing = forge.act(action)
        found += [
            Moment(one.stage, one.number, one.repository, doing, head, one.base, tip)
            for one, (head, tip) in forge.pairs().items()
            if before.get(one) != (head, tip)
        ]
    return tuple(found)


def singly(actions: Sequence[Action], repository: str) -> tuple[Action, ...]:
    """The same actions, but for a push to that repository, of which each branch moves by itself."""
    found: list[Action] = []
    for action in actions:
        if isinstance(action, PushHeads) and action.repository == repository:
            found += [replace(action, updates=(one,)) for one in action.updates]
        else:
            found.append(action)
    return tuple(found)


class _Forge:
    def __init__(self, pulls: dict[StageId, Standing], branches: Branches) -> None:
        self._pulls, self._branches = pulls, branches
        self._heads = dict(branches.heads)

    def act(self, action: Action) -> str:
        """Do what moves a branch or a base, and say what it is."""
        match action:
            case PushHeads(repository, updates):
                for one in updates:
                    assert one.new is not None, "a submit deletes no branch"
                    self._heads[repository, one.ref.removeprefix("refs/heads/")] = one.new
                return "push"
            case OpenPull(repository, stage, head, base):
                branch = head.partition(":")[2]
                self._pulls[stage] = Standing(stage, repository, 0, branch, None, base)
                return "open"
            case EditPull(stage=stage, base=str() as base):
                self._pulls[stage] = replace(self._pulls[stage], base=base)
                return "retarget"
            case ClosePull(stage=stage):
                self._pulls.pop(stage, None)
            case EditPull() | SetDraft() | WriteComment() | CreateFork() | HandOver():
                pass
            case never:
                assert_never(never)
        return ""

    def pairs(self) -> dict[Standing, tuple[Oid, Oid]]:
        """Where head and base of each pull request are, as far as that is known."""
        found = {}
        for one in self._pulls.values():
            head = self._heads.get((one.repository, one.branch), one.head)
            own = one.repository in self._branches.own
            tip = (self._heads if own else self._branches.bases).get((one.repository, one.base))
            if head is not None and tip is not None:
                found[one] = head, tip
        return found
