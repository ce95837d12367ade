"""A forge that only pretends, so that a dry run takes the very steps that the real one takes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from stacker.forge.api import Comment, PullRequest, PullState
from stacker.git.push import Pushed
from stacker.submit.actions import EditPull
from stacker.submit.request import Preview

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from stacker.forge.api import RepositoryFacts
    from stacker.git.process import Credential, Git
    from stacker.git.push import PushOutcome, RefUpdate
    from stacker.git.store import ObjectStore
    from stacker.handoff.package import Package
    from stacker.series.plan.model import StageId
    from stacker.submit.actions import Action, Wanted
    from stacker.submit.place import Place


class Pretended:
    """Takes every change and makes none; pull requests that it opens have numbers below zero."""

    def __init__(self) -> None:
        self._opened = 0

    def repository(self, name: str) -> RepositoryFacts | None:
        """Nothing; whoever pretends has read before."""
        del name
        return None

    def pulls(
        self, repository: str, numbers: Sequence[int] = (), heads: Sequence[str] = ()
    ) -> tuple[PullRequest, ...]:
        """Nothing; whoever pretends has read before."""
        del repository, numbers, heads
        return ()

    def open_pull(
        self, repository: str, *, head: str, base: str, title: str, body: str, draft: bool
    ) -> PullRequest:
        """The pull request as it would come back."""
        self._opened += 1
        owner, _, branch = head.partition(":")
        return PullRequest(
            repository=repository, number=-self._opened, url="", node_id="", state=PullState.OPEN,
            draft=draft, title=title, body=body, head_owner=owner, head_repository=None,
            head_branch=branch, head="", base_branch=base, author="", merge_commit=None,
            reviews=(), checks=(), maintainer_can_modify=False, may_edit=True,
            comments=(),
        )  # fmt: skip

    def shown(self, repository: str, numbers: Sequence[int]) -> tuple[PullRequest, ...]:
        """Nothing; they are as they were opened."""
        del repository, numbers
        return ()

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
        """Nothing happens."""

    def comment(self, repository: str, number: int, body: str) -> Comment:
        """The comment as it would come back."""
        del repository, number
        return Comment(0, "", body, mine=True)

    def edit_comment(self, repository: str, comment_id: int, body: str) -> None:
        """Nothing happens."""

    def set_draft(self, pull: PullRequest, draft: bool) -> None:
        """Nothing happens."""


def pretended_push(
    store: Git,
    url: str,
    updates: Sequence[RefUpdate],
    *,
    credential: Credential | None = None,
    apart: Callable[[], bool],
) -> PushOutcome:
    """Nothing is pushed."""
    del store, url, updates, credential, apart
    return Pushed()


def pretended_package(store: ObjectStore, wanted: Package) -> None:
    """Nothing is written."""
    del store, wanted


def pretended_fork(place: Place) -> None:
    """No fork is made."""
    del place


def unnumbered(action: Action) -> Action:
    """The action as it is told: without the number of a pull request that is not there yet."""
    if isinstance(action, EditPull) and action.number < 0:
        return replace(action, number=0)
    return action


def previews_of(
    wanted: Sequence[Wanted], pulls: Mapping[StageId, PullRequest]
) -> tuple[Preview, ...]:
    """What the pull requests would say that we may edit, after all was pretended."""
    return tuple(
        Preview(one.stage, one.repository, max(pull.number, 0) or None, pull.title, pull.body)
        for one in wanted
        if (pull := pulls.get(one.stage)) and pull.may_edit and pull.state is PullState.OPEN
    )
