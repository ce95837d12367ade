"""How one stage reads for its reviewer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.forge.answers import printable
from stacker.forge.api import PullState
from stacker.render.adopts import adopts_document, adopts_words
from stacker.render.approvals import approvals_document, approvals_text
from stacker.render.matrix import matrix_document, matrix_text
from stacker.render.since import change_text, since_document, threads_document, threads_text
from stacker.render.stage_words import stage_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stacker.forge.api import PullRequest
    from stacker.review.by_url import PullReview
    from stacker.review.flow import Review
    from stacker.status.value import StageStatus
    from stacker.submit.words.published_facts import PublishedVersion


def review_document(review: Review) -> dict[str, object]:
    """The `--json` document of `review`."""
    one = review.stage
    return {
        "stage": one.id,
        "version": review.version,
        "title": review.title,
        "pull": one.pull,
        "url": one.url,
        "state": str(one.state),
        "group": one.group,
        "adopts": adopts_document(one),
        "needs": [other.id for other in review.needs],
        "together": [other.id for other in review.together],
        "approvals": approvals_document(one.opinion.approvals) if one.opinion else [],
        "edits": list(review.edits),
        "below": review.below,
        "commit": review.tip,
        "head": review.head,
        "evidence": matrix_document(one.evidence) if one.evidence else None,
        "diff": review.diff.decode("utf-8", "surrogateescape"),
        "since": since_document(review.since),
        "threads": threads_document(review.threads),
    }


def review_text(review: Review, branch: str) -> str:
    """Who it is and who it goes with, what is shown of it, its own change.

    `branch` is upstream's.
    """
    one = review.stage
    head = [one.id, f"#{one.pull}" if one.pull else "", stage_words(one, branch)]
    lines = [review.title, "  ".join(filter(None, head))]
    lines += adopts_words(one)
    if review.needs:
        lines.append(f"needs {', '.join(map(_named, review.needs))}")
    if review.together:
        lines.append(f"lands together with {', '.join(map(_named, review.together))}")
    if one.opinion:
        lines += approvals_text(one.opinion.approvals)
    lines += [f"Edited by hand since: {edit}." for edit in review.edits]
    if review.head is not None and (one.published is None or one.published.head != review.head):
        lines.append(f"The forge has {review.head[:10]}, which this clone did not publish.")
    lines += ["", "Evidence"]
    lines += matrix_text(one.evidence) if one.evidence else ["  was not looked at"]
    lines += threads_text(review.threads) if one.pull else []
    title = f"Its own change, {review.below[:10]}..{review.tip[:10]}"
    return "\n".join([*lines, *change_text(review.since, title, review.diff)])


def pull_document(review: PullReview) -> dict[str, object]:
    """The `--json` document of a pull request that was read by its address."""
    pull, block = review.pull, review.block
    return {
        "stage": (block.stage if block else "") or None,
        "version": review.version,
        "title": pull.title,
        "pull": pull.number,
        "url": pull.url,
        "state": _pull_state(pull),
        "home": (block.home if block else "") or None,
        "part": (block.where if block else "") or None,
        "versions": [
            {"version": one.number, "head": one.head, "below": one.below, "why": one.why}
            for one in (block.versions if block else ())
        ],
        "below": review.below,
        "commit": pull.head,
        "evidence": list(block.evidence) if block else [],
        "ci": [{"name": one.name, "state": str(one.state), "url": one.url} for one in pull.checks],
        "diff": review.diff,
        "since": since_document(review.since),
        "threads": threads_document(review.threads),
    }


def pull_text(review: PullReview) -> str:
    """The same for a person."""
    pull, block = review.pull, review.block
    head = [block.stage if block else "", f"#{pull.number}", _pull_state(pull)]
    lines = [printable(pull.title), "  ".join(filter(None, head))]
    lines += [printable(block.where)] if block and block.where else []
    lines += [f"Its series is at {printable(block.home)}"] if block and block.home else []
    lines += [_published(block.versions)] if block and block.versions else []
    if block and block.evidence:
        lines += ["", *(printable(line) for line in block.evidence)]
    lines += ["", "CI checks"]
    lines += [f"  {one.state}  {printable(one.name)}" for one in pull.checks] or ["  none"]
    lines += threads_text(review.threads)
    shown = change_text(review.since, _title(review), review.diff.encode("utf-8", "replace"))
    # The forge writes blob ids in full, and no person reads them; no line of a hunk looks so.
    plain = [line for part in shown for line in part.split("\n") if line[:6] != "index "]
    return "\n".join([*lines, *plain])


def _pull_state(pull: PullRequest) -> str:
    open_draft = pull.draft and pull.state is PullState.OPEN
    return "draft" if open_draft else str(pull.state)


def _published(versions: Sequence[PublishedVersion]) -> str:
    """Which versions there were, and why the newest."""
    names = ", ".join(f"v{one.number}" for one in versions)
    return f"Published as {names} ({printable(versions[-1].why)})"


def _title(review: PullReview) -> str:
    span = f"{review.below[:10]}..{review.pull.head[:10]}"
    if review.block is None or not review.block.versions:
        return f"All of it, {span}: its text does not tell what its own change is"
    if review.version is None:
        newest = review.block.versions[-1].number
        return f"Its own change, {span}: pushed after v{newest}, the last that its text tells of"
    return f"Its own change in v{review.version}, {span} as its text tells"


def _named(one: StageStatus) -> str:
    return f"{one.id} (#{one.pull})" if one.pull else str(one.id)
