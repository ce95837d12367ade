"""Where one stage stands, in a few words."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from stacker.status.value import StageState

if TYPE_CHECKING:
    from stacker.approvals.standing import Approval
    from stacker.status.review import Opinion
    from stacker.status.value import StageStatus


def stage_words(one: StageStatus, branch: str) -> str:  # noqa: C901, PLR0911 - one return a state
    """Where the stage stands; `branch` is upstream's."""
    match one.state:
        case StageState.LANDED:
            return f"landed {short(one.landing)}{f' in {one.release}' if one.release else ''}"
        case StageState.REVERTED:
            return f"{reverted_words(one)}; the series is without it"
        case StageState.IN_UPSTREAM:
            what = f"landed {short(one.landing)}" if one.landing else f"#{one.pull} was merged"
            back = f", reverted by {short(one.reverted.by)}" if one.reverted else ""
            return f"{what}{back}; the series' base lacks it"
        case StageState.CONFLICT:
            return _yours("conflict", one.opinion)
        case StageState.BLOCKED:
            return f"waits for {one.stopped_on}"
        case StageState.NO_PATCHES:
            return "no patches yet"
        case StageState.LOCAL:
            return "local"
        case StageState.HAND_OFF:
            return _handed_over(one, branch)
        case StageState.NOT_SUBMITTED:
            return "not submitted"
        case StageState.CLOSED:
            return "closed on the forge"
        case StageState.SUBMITTED:
            return _said(one.opinion, in_group=one.group is not None)
        case never:
            assert_never(never)


def _handed_over(one: StageStatus, branch: str) -> str:
    name = one.upstream.rstrip("/").rpartition("/")[2].removesuffix(".git")
    notes = [reverted_words(one)] if one.reverted else []
    notes += ["its package is older"] if one.package is False else []
    return "; ".join([f"hand-off  waits for {name} {branch}", *notes])


def reverted_words(one: StageStatus) -> str:
    """When it landed and was taken out again; empty where it was not."""
    if one.reverted is None:
        return ""
    return f"landed {short(one.reverted.landing)}, reverted by {short(one.reverted.by)}"


def _said(opinion: Opinion | None, *, in_group: bool) -> str:
    if opinion is None:
        return "submitted"
    if opinion.refused_by:
        return f"changes asked by {', '.join(opinion.refused_by)}"
    if opinion.approved_by:
        return f"approved by {', '.join(map(_whose, opinion.approvals.standing))}"
    if opinion.open_threads:
        return _yours("", opinion)
    if opinion.approved_before:
        return f"waits for {', '.join(opinion.approved_before)} again"
    return "waits for review" if in_group or not opinion.draft else "draft, waits for review"


def _yours(what: str, opinion: Opinion | None) -> str:
    """What the porter has to see to, and the threads that nobody resolved."""
    count = opinion.open_threads if opinion else 0
    said = [*([what] if what else []), *([threads_words(count)] if count else [])]
    return f"waits for you: {', '.join(said)}"


def threads_words(count: int) -> str:
    """How many threads nobody resolved."""
    return f"{count} open {'thread' if count == 1 else 'threads'}"


def _whose(approval: Approval) -> str:
    """With the version that was approved, where that is an earlier one."""
    return f"{approval.author} (v{approval.version})" if approval.version else approval.author


def short(oid: str | None) -> str:
    """A commit as the page names it."""
    return oid[:7] if oid else "no base yet"
