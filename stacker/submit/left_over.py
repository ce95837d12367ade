"""Pull requests of stages that the plan no longer has: made drafts once, told of, closed only when
somebody says so. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stacker.errors import UsageError
from stacker.forge.api import PullState
from stacker.series.plan.model import StageId
from stacker.submit.actions import ClosePull, EditPull, PushHeads, SetDraft, WriteComment
from stacker.submit.texts import our_comment
from stacker.submit.words.body import is_ours, said_block, stage_of, with_block

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from stacker.forge.api import PullRequest
    from stacker.git.objects import Oid
    from stacker.series.plan.model import Plan
    from stacker.submit.actions import Action

_OUT = (
    "This part was taken out of the series, so nobody waits for it; it is a draft until somebody "
    "closes it or brings it back."
)


@dataclass(frozen=True, slots=True)
class LeftOver:
    """An open pull request of ours; `stage` is what the plan called it, `repository` its name
    there."""

    stage: StageId
    repository: str
    pull: PullRequest


def branches_left(
    plan: Plan, repository: str, tips: Mapping[tuple[str, str], Oid], known: Collection[str]
) -> tuple[str, ...]:
    """The branches of the series in a repository of the plan that no stage has; `known` are those
    that one has."""
    start = f"refs/heads/{plan.name}/"
    here = [ref.removeprefix("refs/heads/") for name, ref in tips if name == repository
            and ref.startswith(start)]  # fmt: skip
    return tuple(b for b in here if b not in known and b.removesuffix(".below") not in known)


def left_over(plan: Plan, repository: str, pulls: Iterable[PullRequest]) -> tuple[LeftOver, ...]:
    """Those of the pull requests that are open, ours, and of a stage that is gone."""
    names = {name for stage in plan.stages for name in (stage.id, stage.was)}
    return tuple(
        LeftOver(StageId(stage), repository, pull)
        for pull in pulls
        if pull.state is PullState.OPEN
        and is_ours(pull.body, plan.name)
        and (stage := stage_of(pull.body))
        and stage not in names
    )


def out_of_the_way(
    left: Sequence[LeftOver], trunks: Mapping[str, str], actions: Sequence[Action]
) -> tuple[Action, ...]:
    """One that stands on a branch which is pushed goes to the trunk before: what it changes may be
    part of what is pushed, and the forge would call it merged.

    `trunks` are those of the repositories whose branches are upstream's own.
    """
    pushed = {
        (one.repository, update.ref.removeprefix("refs/heads/"))
        for one in actions
        if isinstance(one, PushHeads)
        for update in one.updates
    }
    return tuple(
        EditPull(one.repository, one.stage, one.pull.number, base=trunks[one.repository])
        for one in left
        if one.repository in trunks
        and (one.repository, one.pull.base_branch) in pushed
        and one.pull.may_edit
    )


def tidying(series: str, left: Sequence[LeftOver], close: Collection[str]) -> tuple[Action, ...]:
    """What is done about them: whoever makes one ready after we said our word has reasons.

    Raises `UsageError` when one is to `close` that is not among them.
    """
    there = {one.stage for one in left}
    if unknown := [stage for stage in close if stage not in there]:
        raise UsageError(
            f"no pull request is left over of {unknown[0]!r}",
            hint=f"Left over: {', '.join(there)}." if there else "Nothing is left over.",
        )
    found: list[Action] = []
    for one in left:
        pull, comment = one.pull, our_comment(one.pull, series)
        block = said_block(series, one.stage, _OUT)
        if comment is None or with_block(comment.body, block) != comment.body:
            if pull.may_edit and not pull.draft:
                found.append(SetDraft(one.repository, one.stage, pull.number, draft=True))
            body = with_block(comment.body if comment else "", block)
            known = comment.id if comment else None
            found.append(WriteComment(one.repository, one.stage, pull.number, known, body))
        if one.stage in close:
            found.append(ClosePull(one.repository, one.stage, pull.number))
    return tuple(found)
