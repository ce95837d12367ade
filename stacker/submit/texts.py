"""What brings the words of pull requests up to date: their text, or our comment where it is not
ours to edit. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.forge.api import PullState
from stacker.submit.actions import EditPull, WriteComment, new_title
from stacker.submit.author_only import author_only
from stacker.submit.words.body import inline, is_ours, said_block, says, with_block, with_lines

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stacker.forge.api import Comment, PullRequest
    from stacker.series.plan.model import StageId
    from stacker.submit.actions import Wanted
    from stacker.submit.author_only import AuthorOnly

_BACK = "What is to be known of this part stands in the text above."


def texts(
    bodies: Mapping[StageId, str],
    wanted: Sequence[Wanted],
    pulls: Mapping[StageId, PullRequest],
    series: str,
    more: Mapping[StageId, Sequence[str]],
) -> tuple[EditPull | WriteComment, ...]:
    """What brings every title, and every block to what `bodies` says; `series` is our name.

    `more` are lines that belong to a comment which stands for a text that we may not edit.
    """
    found: list[EditPull | WriteComment] = []
    left = author_only(bodies, wanted, pulls, series)
    for one in wanted:
        pull, block = pulls.get(one.stage), bodies[one.stage]
        if pull is None:
            found.append(EditPull(one.repository, one.stage, 0, body=block))
        elif pull.state is PullState.OPEN and not pull.may_edit:
            theirs = [each for each in left if each.stage == one.stage]
            found += _comment(one, pull, (block, more[one.stage]), theirs, series)
        elif pull.state is PullState.OPEN:
            title = new_title(one, pull)
            body = None if says(pull.body, block) else with_block(pull.body, block)
            if title is not None or body is not None:
                found.append(
                    EditPull(one.repository, one.stage, pull.number, title=title, body=body)
                )
            found += _back(one, pull, series)
    return tuple(found)


def _comment(
    one: Wanted,
    pull: PullRequest,
    said: tuple[str, Sequence[str]],
    left: Sequence[AuthorOnly],
    series: str,
) -> list[WriteComment]:
    """Our one comment, brought up to date; none where the author's text says all and nothing is
    left to do."""
    there, (block, more) = our_comment(pull, series), said
    if there is None and not left and says(pull.body, block):
        return []
    if more:
        block = with_lines(block, more)
    if left:
        asked = [f"- {inline(str(each))}" for each in left]
        block = with_lines(block, ["What only the author of this pull request can do:", "", *asked])
    if there is not None and says(there.body, block):
        return []
    body = with_block(there.body if there else "", block)
    return [WriteComment(one.repository, one.stage, pull.number, there.id if there else None, body)]


def _back(one: Wanted, pull: PullRequest, series: str) -> list[WriteComment]:
    """What a comment said of a stage that was out of the series is over."""
    there, block = our_comment(pull, series), said_block(series, one.stage, _BACK)
    if there is None or says(there.body, block):
        return []
    body = with_block(there.body, block)
    return [WriteComment(one.repository, one.stage, pull.number, there.id, body)]


def our_text(pull: PullRequest, series: str) -> str:
    """The text with our block that we wrote last: where that is not ours to edit, our comment."""
    comment = None if pull.may_edit else our_comment(pull, series)
    return pull.body if comment is None else comment.body


def our_comment(pull: PullRequest, series: str) -> Comment | None:
    """The one comment that we wrote there, if any."""
    return next((c for c in pull.comments if c.mine and is_ours(c.body, series)), None)
