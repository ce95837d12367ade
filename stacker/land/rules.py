"""What a branch's rules say of a landing: the ways that they leave, what they still ask. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.approvals.standing import ApprovalState, approvals_of
from stacker.forge.api import MergeMethod
from stacker.forge.required import lacking, why_not
from stacker.land.outcome import Way
from stacker.series.plan.choices import Landing, Preset

if TYPE_CHECKING:
    from stacker.approvals.standing import Approvals
    from stacker.forge.api import Protection, PullRequest, RepositoryFacts
    from stacker.series.plan.model import Repository


def unmet(protection: Protection | None, pull: PullRequest) -> str:
    """What the branch's rules still ask of the landing pull request, in words; may be empty."""
    if protection is None:
        return ""
    missing = [
        why_not(one, pull.checks) for one in lacking(pull.checks, protection.required_checks)
    ]
    given = of_this_head(approvals_of(pull, pull.head))
    if given < protection.approvals:
        missing.append(f"it has {given} of {protection.approvals} approvals of its head")
    return f"#{pull.number}: {'; '.join(missing)}" if missing else ""


def of_this_head(said: Approvals) -> int:
    """How many approvals are of the very head."""
    return sum(one.state is ApprovalState.THIS_HEAD for one in said.each)


def way_of(
    home: Repository, upstream: RepositoryFacts, protection: Protection | None, *,
    may_write: bool, bypass: bool, alone: bool,
) -> tuple[Way, MergeMethod | None]:  # fmt: skip
    """The strongest way that breaks no rule: our own push, else the merge of one pull request.

    Whoever may not write is not told how pull requests are merged: then it is None, or a squash
    where that is the custom or a stage is `alone`, which its own pull request lands.
    """
    if home.landing is Landing.PUSH:
        return Way.PUSH, None
    if not may_write:
        squashed = alone or home.preset is Preset.CPYTHON
        return Way.PULL_REQUEST, MergeMethod.SQUASH if squashed else None
    # Only admins are shown all rules. Who is none cannot bypass them either: the server refuses.
    pushes = bypass or protection is None or not _keeps_pushes_out(protection)
    method = method_of(upstream, protection)
    if home.landing is Landing.AUTO and (pushes or method is None):
        return Way.PUSH, None
    return Way.PULL_REQUEST, method


def _keeps_pushes_out(protection: Protection) -> bool:
    """Whether nobody pushes there, or not commits that are not signed, as ours are not."""
    return protection.through_pulls or protection.queue or protection.signatures


def method_of(upstream: RepositoryFacts, protection: Protection | None) -> MergeMethod | None:
    """The merge that keeps most of the commits; where history is linear, a merge is none."""
    linear = protection is not None and protection.linear
    some = upstream.merge_methods
    some = some if protection is None else protection.allowed(some)
    by_strength = (MergeMethod.REBASE, MergeMethod.MERGE, MergeMethod.SQUASH)
    allowed = (m for m in by_strength if m in some)
    return next((m for m in allowed if not (linear and m is MergeMethod.MERGE)), None)
