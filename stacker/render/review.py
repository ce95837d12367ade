"""How one stage reads for its reviewer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.render.adopts import adopts_document, adopts_words
from stacker.render.approvals import approvals_document, approvals_text
from stacker.render.matrix import matrix_document, matrix_text
from stacker.render.stage_words import stage_words

if TYPE_CHECKING:
    from stacker.review.flow import Review
    from stacker.status.value import StageStatus


def review_document(review: Review) -> dict[str, object]:
    """The `--json` document of `review`."""
    one = review.stage
    return {
        "stage": one.id,
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
        "evidence": matrix_document(one.evidence) if one.evidence else None,
        "diff": review.diff.decode("utf-8", "surrogateescape"),
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
    lines += ["", "Evidence"]
    lines += matrix_text(one.evidence) if one.evidence else ["  was not looked at"]
    lines += ["", f"Its own change, {review.below[:10]}..{review.tip[:10]}"]
    return "\n".join([*lines, review.diff.decode("utf-8", "backslashreplace").rstrip("\n")])


def _named(one: StageStatus) -> str:
    return f"{one.id} (#{one.pull})" if one.pull else str(one.id)
