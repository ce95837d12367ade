"""Somebody's pull request that a stage continues, and what is said of it. Pure.

It is continued in a pull request of the stage's own, or by pushes to its branch. Either way its
title, its text and whether it is open are its author's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stacker.forge.api import PullState
from stacker.submit.words.body import inline

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from stacker.forge.api import PullRequest
    from stacker.series.plan.model import StageId

ANEW = "Take `adopts_by` out of the plan, and a new pull request continues it."
"""The way out where a stage cannot be pushed to somebody's branch."""


@dataclass(frozen=True, slots=True)
class Adopted:
    """Pull request `number` as the forge has it; `pull` is `None` where it shows none.

    `place` is the key of the fork that its branch is in, where the stage is pushed to that branch.
    `news` tells what came to it since it was taken in; it may be empty.
    """

    stage: StageId
    number: int
    pull: PullRequest | None
    place: str | None = None
    news: str = ""


def continues(one: Adopted) -> str:
    """The line for the stage's text that says whose work it goes on with. Nobody is mentioned: the
    forge itself tells the author of the link."""
    author = inline(one.pull.author) if one.pull else ""
    if one.place is None:
        whose = f"#{one.number} by {author}, whose" if author else f"#{one.number}, whose"
        return f"Continues {whose} commits keep their authorship."
    by = f" by {author}" if author else ""
    return (
        f"A series goes on with this pull request{by}: what it adds comes on top, in commits of "
        "its own. Title and text above stay the author's."
    )


def elsewhere_of(adopted: Mapping[StageId, Adopted]) -> dict[StageId, str]:
    """The places of stages that are pushed to somebody's branch."""
    return {stage: one.place for stage, one in adopted.items() if one.place is not None}


def notes_of(adopted: Iterable[Adopted]) -> tuple[str, ...]:
    """What a person has to know of pull requests that have successors."""
    found = []
    for one in adopted:
        name = f"#{one.number}, which it continues,"
        if one.place is not None:
            continue  # it is the stage's own, and told of as such
        if one.pull is None:
            found.append(f"{one.stage}: the forge shows no #{one.number}, which it continues")
        elif one.pull.state is PullState.MERGED:
            found.append(f"{one.stage}: {name} was merged; `stacker rebase` takes that in")
        elif one.news:
            found.append(f"{one.stage}: {name} {one.news}")
    return tuple(found)
