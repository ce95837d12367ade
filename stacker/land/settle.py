"""After the commit point: what stood on members is retargeted, members are closed with a link.

Every step may be done twice; none of them changes whether the group has landed. What a branch
carried is deleted last, by whoever put it there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from stacker.forge.api import PullState
from stacker.land.outcome import MemberResult
from stacker.land.words.comments import (
    landed_comment,
    landed_mark,
    reverted_comment,
    reverted_mark,
)
from stacker.series.saving import save
from stacker.series.templates.rendering import Templates

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stacker.forge.api import Comment, PullRequest
    from stacker.git.objects import Oid
    from stacker.land.intent import Intent
    from stacker.series.plan.model import StageId
    from stacker.series.workspace import Workspace

_BUILT_IN = Templates()


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
    forge: SettleForge,
    intent: Intent,
    repository: str,
    landed: Oid,
    templates: Templates = _BUILT_IN,
) -> tuple[MemberResult, ...]:
    """Close what is still open, each with one comment that says where it landed; after a revert
    say that, and leave it as it is."""
    numbers = [m.number for m in intent.members if m.number is not None]
    pulls = {pull.number: pull for pull in forge.pulls(repository, numbers)}
    results = []
    for member in intent.members:
        commit = intent.landing_of(member, landed)
        pull = pulls.get(member.number) if member.number is not None else None
        state = "" if pull is None else str(pull.state)
        if pull is not None and intent.reverts is not None:
            said = reverted_comment(intent, member, commit, templates)
            _say_once(forge, pull, said, reverted_mark(intent.tx))
        elif pull is not None and pull.state is PullState.OPEN:
            said = landed_comment(intent, member, commit, templates)
            _say_once(forge, pull, said, landed_mark(intent.tx))
            forge.edit_pull(pull.repository, pull.number, state=PullState.CLOSED)
            state = str(PullState.CLOSED)
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


def _say_once(forge: SettleForge, pull: PullRequest, said: str, mark: str) -> None:
    """Nobody else's comment, whatever stands in it, is taken for ours."""
    if not any(comment.mine and mark in comment.body for comment in pull.comments):
        forge.comment(pull.repository, pull.number, said)
