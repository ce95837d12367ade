"""What somebody else did to our pull requests, and upstream to what they stand on: told, and left
as it is. Pure: it is said again as long as it is so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.forge.answers import printable
from stacker.forge.api import PullState
from stacker.submit.actions import renamed, retargeted
from stacker.submit.restacking import NEEDS_RESTACK
from stacker.submit.words.body import drafted_by_us

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from stacker.forge.api import PullRequest
    from stacker.series.plan.model import StageId
    from stacker.submit.actions import Wanted


def notes(
    wanted: Sequence[Wanted],
    pulls: Mapping[StageId, PullRequest],
    restack: Mapping[StageId, Sequence[StageId]],
) -> tuple[str, ...]:
    """A line for each such thing, and what to do if it is to be otherwise."""
    by_stage = {one.stage: one for one in wanted}
    found = []
    for stage, pull in pulls.items():
        said = _said(by_stage.get(stage), pull)
        found += [f"{stage}: #{pull.number} {words}" for words in said]
    return (*found, *_to_restack(by_stage, restack))


def _to_restack(
    wanted: Collection[StageId], restack: Mapping[StageId, Sequence[StageId]]
) -> Iterator[str]:
    for taken in dict.fromkeys(tuple(each) for each in restack.values()):
        stages = [s for s, each in restack.items() if tuple(each) == taken and s in wanted]
        if stages:
            yield (
                f"{NEEDS_RESTACK}: {', '.join(stages)}, for upstream has {', '.join(taken)}; "
                "`stacker rebase` does it"
            )


def _said(one: Wanted | None, pull: PullRequest) -> Iterator[str]:
    if pull.state is PullState.CLOSED:
        yield "was closed by somebody; left as it is"
    elif pull.state is PullState.MERGED:
        yield "was merged; `stacker rebase` takes that in"
    elif one is not None:
        yield from _of_an_open_one(one, pull)


def _of_an_open_one(one: Wanted, pull: PullRequest) -> Iterator[str]:
    if retargeted(one, pull):
        yield f"was retargeted to {printable(pull.base_branch)} by somebody; left as it is"
    if renamed(one, pull):
        yield (
            f"was renamed by somebody to: {printable(pull.title)}; left as it is. To take that in, "
            f"make it the first line of series/{one.stage}.md, behind `# `"
        )
    if one.draft and not pull.draft:
        yield "is marked ready for review, though it has to wait; left as it is"
    if pull.draft and not one.draft and not drafted_by_us(pull.body):
        yield "is a draft, though it need not be; left as it is"
