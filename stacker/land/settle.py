"""After the commit point: what stood on members is retargeted, members are closed with a link.

Every step may be done twice; none of them changes whether the group has landed. What a branch
carried is deleted last, by whoever put it there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from stacker.forge.api import PullState
from stacker.land.outcome import MemberResult
from stacker.series.saving import save
from stacker.submit.words.body import LANDED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stacker.forge.api import Comment, PullRequest
    from stacker.git.objects import Oid
    from stacker.land.intent import IntendedMember, Intent
    from stacker.series.plan.model import StageId
    from stacker.series.workspace import Workspace


class SettleForge(Protocol):
    """What settling asks of a forge."""

    def pulls(
        self, repository: str, numbers: Sequence[int] = (), heads: Sequence[str] = ()
    ) -> tuple[PullRequest, ...]:
        """Pull requests by number."""
        ...

    def comment(self, repository: str, number: int, body: str) -> Comment:
        """Add a comment."""
        ...

    def edit_pull(
        self,
        repository: str,
        number: int,
        *,
        title: str | None = None,
        body: str | None = None,
        base: str | None = None,
        state: PullState | None = None,
    ) -> None:
        """Close it, or give it another base."""
        ...


def settle(
    forge: SettleForge, intent: Intent, repository: str, landed: Oid
) -> tuple[MemberResult, ...]:
    """Close what is still open, each with one comment that says where it landed."""
    numbers = [m.number for m in intent.members if m.number is not None]
    pulls = {pull.number: pull for pull in forge.pulls(repository, numbers)}
    results = []
    for member in intent.members:
        commit = intent.landing_of(member, landed)
        pull = pulls.get(member.number) if member.number is not None else None
        state = "" if pull is None else _close(forge, intent, pull, member, commit)
        results.append(MemberResult(member.stage, member.number, member.head, commit, state))
    return tuple(results)


def retarget(
    forge: SettleForge, intent: Intent, repository: str, others: Sequence[int]
) -> tuple[int, ...]:
    """Have our pull requests that stand on a member's branch stand on the target branch.

    `others` are the numbers of the series' pull requests that did not land. A branch that is a base
    and goes would close them for good.
    """
    if not others:
        return ()
    asked = [*others, *(m.number for m in intent.members if m.number is not None)]
    pulls = {pull.number: pull for pull in forge.pulls(repository, asked)}
    branches = {
        pulls[m.number].head_branch
        for m in intent.members
        if m.number in pulls and pulls[m.number].head_repository == repository
    }
    found = [
        number
        for number in others
        if number in pulls
        and pulls[number].state is PullState.OPEN
        and pulls[number].base_branch in branches
    ]
    for number in found:
        forge.edit_pull(repository, number, base=intent.branch)
    return tuple(found)


def remember(work: Workspace, landings: Mapping[StageId, Oid], name: str) -> None:
    """Write the landings to the lock file, if it does not have them."""
    series = work.load()
    lock = series.lock
    for stage, commit in landings.items():
        line = lock.stage(stage)
        if line is not None and line.landing != commit:
            lock = lock.updated(line._replace(landing=commit))
    if lock != series.lock:
        save(
            work.directory, work.store, series.files, lock,
            loaded=series.files, command="land", reason=name, now=work.now,
            by=work.person,
        )  # fmt: skip


def _close(
    forge: SettleForge, intent: Intent, pull: PullRequest, member: IntendedMember, commit: Oid
) -> str:
    if pull.state is not PullState.OPEN:
        return str(pull.state)
    marker = f"{LANDED} {intent.tx} -->"
    if not any(marker in comment.body for comment in pull.comments):
        forge.comment(pull.repository, pull.number, _said(intent, member, commit, marker))
    forge.edit_pull(pull.repository, pull.number, state=PullState.CLOSED)
    return str(PullState.CLOSED)


def _said(intent: Intent, member: IntendedMember, commit: Oid, marker: str) -> str:
    others = [f"#{m.number}" for m in intent.members if m.number not in (None, member.number)]
    together = f" together with {', '.join(others)}" if others else ""
    squashed = ", as one commit for all" if intent.squash and others else ""
    return (
        f"Landed in `{intent.branch}` as {commit}{together}{squashed}, by one update of the "
        "branch.\n\nThis pull request is closed and not merged: its commits are the history of "
        "its review; what landed is its change as a clean patch, with its author.\n"
        f"{marker}\n"
    )
