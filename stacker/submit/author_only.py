"""What only the author of a pull request can do, or who may write upstream. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stacker.forge.api import PullState
from stacker.submit.actions import EditPull, SetDraft, edits
from stacker.submit.words.body import is_ours, says

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stacker.forge.api import PullRequest
    from stacker.series.plan.model import StageId
    from stacker.submit.actions import Wanted


@dataclass(frozen=True, slots=True)
class AuthorOnly:
    """One thing that `author` has to do to a stage's pull request: `field` is `title`, `base`,
    `draft` or `body`, `to` what it is to be."""

    stage: StageId
    repository: str
    number: int
    author: str
    field: str
    to: str

    def __str__(self) -> str:
        """In a person's words."""
        pull = f"#{self.number}"
        match self.field:
            case "title":
                return f"set the title of {pull} to: {self.to}"
            case "base":
                return f"change the base of {pull} to {self.to}"
            case "draft":
                return f"mark {pull} as ready for review"
            case _:
                return f"run `stacker submit`, which brings the text of {pull} up to date"


def author_only(
    bodies: Mapping[StageId, str],
    wanted: Sequence[Wanted],
    pulls: Mapping[StageId, PullRequest],
    series: str,
) -> tuple[AuthorOnly, ...]:
    """All of it, of the pull requests that we may not edit, stage by stage."""
    found: list[AuthorOnly] = []
    for one in wanted:
        pull = pulls.get(one.stage)
        if pull is None or pull.state is not PullState.OPEN or pull.may_edit:
            continue
        fields = fields_of(one, pull)
        if is_ours(pull.body, series) and not says(pull.body, bodies[one.stage]):
            fields["body"] = ""
        found += [
            AuthorOnly(one.stage, pull.repository, pull.number, pull.author, field, to)
            for field, to in fields.items()
        ]
    return tuple(found)


def fields_of(one: Wanted, pull: PullRequest) -> dict[str, str]:
    """The fields that are to change, the text aside, and to what."""
    fields: dict[str, str] = {}
    for edit in edits(one, pull):
        match edit:
            case EditPull(title=title, base=base):
                fields |= {"title": title} if title is not None else {}
                fields |= {"base": base} if base is not None else {}
            case SetDraft():
                fields["draft"] = "false"
            case _:
                raise AssertionError("nothing else is done to a pull request that is there")
    return fields
