"""The one comment with a row for each version: what changed since, without upstream's movement.

It is found by its first line and by who wrote it. Pure.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, assert_never

from stacker.approvals.words import told
from stacker.forge.api import PullState
from stacker.submit.actions import WriteComment
from stacker.submit.versions.since import Apart, Clashing, Same, Unseen
from stacker.submit.words.body import inline

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stacker.approvals.standing import Approvals
    from stacker.forge.api import Comment, PullRequest
    from stacker.series.plan.model import StageId
    from stacker.submit.actions import Wanted
    from stacker.submit.versions.since import Change, History
    from stacker.submit.words.published_facts import PublishedVersion

_BLOCK = re.compile(
    r"<!-- stacker:versions (?P<facts>[^\n]*?) -->\n.*?<!-- stacker:end -->", re.DOTALL
)
_HEAD = (
    "**What changed in this part since you looked**, without what upstream and the parts below it "
    "did meanwhile. This comment is kept up to date."
)


@dataclass(frozen=True, slots=True)
class VersionTable:
    """What there is to say, and whether anybody wants to hear it: not before the stage's own change
    is another one than it was."""

    lines: tuple[str, ...]
    worth_a_comment: bool


def version_comments(
    wanted: Sequence[Wanted],
    pulls: Mapping[StageId, PullRequest],
    tables: Mapping[StageId, VersionTable],
    series: str,
) -> tuple[WriteComment, ...]:
    """What brings the comments to what `tables` say, where the pull request is ours to edit."""
    comments = []
    for one in wanted:
        pull = pulls.get(one.stage)
        if pull is None or pull.state is not PullState.OPEN or not pull.may_edit:
            continue
        block = _block(series, one.stage, tables[one.stage].lines)
        there = _ours(pull, series)
        if there is not None:
            number, body = there.id, _with_block(there.body, block)
            is_said = body == there.body
        else:
            number, body = None, block
            is_said = not tables[one.stage].worth_a_comment or _author_says(pull, block)
        if not is_said:
            comments.append(WriteComment(one.repository, one.stage, pull.number, number, body))
    return tuple(comments)


def version_table(history: History, fork: str, approvals: Approvals | None) -> VersionTable:
    """An introduction, a row for each version, the newest first, and who approved which."""
    *older, newest = history.versions
    rows = [("version", "why it came", "what changed since"), ("---",) * 3]
    rows.append((f"v{newest.number}", inline(newest.why), "this is the newest"))
    for version, change in zip(reversed(older), reversed(history.since), strict=True):
        said = _said(version, newest, change, fork)
        rows.append((f"v{version.number}", inline(version.why), said))
    lines = [_HEAD, "", *(f"| {' | '.join(row)} |" for row in rows)]
    if approvals is not None and approvals.each:
        lines += ["", f"Reviews: {'; '.join(inline(told(one)) for one in approvals.each)}."]
    return VersionTable(tuple(lines), any(change != Same() for change in history.since))


def _ours(pull: PullRequest, series: str) -> Comment | None:
    return next((c for c in pull.comments if c.mine and _series_of(c.body) == series), None)


def _with_block(present: str, block: str) -> str:
    """The comment with that in it; what somebody wrote around it stays."""
    old = present.replace("\r\n", "\n")
    new = _BLOCK.sub(lambda _: block, old, count=1)
    return present if new == old else new


def _author_says(pull: PullRequest, block: str) -> bool:
    """Whether whoever opened the pull request says it there: once is enough."""
    return any(c.author == pull.author and block in c.body for c in pull.comments)


def _series_of(body: str) -> object:
    found = _BLOCK.search(body.replace("\r\n", "\n"))
    try:
        facts = json.loads(found["facts"]) if found else None
    except (ValueError, RecursionError):
        return None
    return facts.get("series") if isinstance(facts, dict) else None


def _block(series: str, stage: StageId, lines: Sequence[str]) -> str:
    facts = json.dumps({"series": series, "stage": stage}, sort_keys=True)
    return "\n".join([f"<!-- stacker:versions {facts} -->", *lines, "", "<!-- stacker:end -->"])


def _said(old: PublishedVersion, new: PublishedVersion, change: Change, fork: str) -> str:
    """One cell. Two dots compare the trees as they are."""
    mixed = f"[everything since v{old.number}](/{fork}/compare/{old.head}..{new.head})"
    match change:
        case Same():
            return "nothing of its own"
        case Apart(start):
            return f"[changes since v{old.number}](/{fork}/compare/{start}..{new.head})"
        case Clashing():
            return f"conflicts with what it stands on now; {mixed}, upstream's movement too"
        case Unseen():
            return f"cannot be told apart here; {mixed}, upstream's movement too"
        case never:
            assert_never(never)
