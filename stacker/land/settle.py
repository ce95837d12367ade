"""After the commit point: members are marked or closed with a link, the lock file remembers.

Every step may be done twice; none of them changes whether the group has landed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from stacker.forge.api import PullState
from stacker.land.outcome import MemberResult
from stacker.land.words.comments import landed_comment, landed_mark
from stacker.series.saving import save

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
        """Close it."""
        ...


def settle(
    work: Workspace, forge: SettleForge, intent: Intent, repository: str, landed: Oid
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
    remember(work, {r.stage: r.landed_as for r in results if r.landed_as is not None}, intent.name)
    return tuple(results)


def remember(work: Workspace, landings: Mapping[StageId, Oid], name: str) -> None:
    """Write the landings to the lock, if it does not have them."""
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
    if not any(landed_mark(intent.tx) in comment.body for comment in pull.comments):
        forge.comment(pull.repository, pull.number, landed_comment(intent, member, commit))
    forge.edit_pull(pull.repository, pull.number, state=PullState.CLOSED)
    return str(PullState.CLOSED)
