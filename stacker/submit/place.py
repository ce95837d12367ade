"""What publishing needs to be given: a forge to ask, and where the branches of a repository go."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stacker.forge.api import Comment, PullRequest, PullState, RepositoryFacts
    from stacker.git.process import Credential
    from stacker.series.plan.model import Repository


class PullForge(Protocol):
    """What a submit asks of a forge."""

    def repository(self, name: str) -> RepositoryFacts | None:
        """What it says of a repository."""
        ...

    def pulls(
        self, repository: str, numbers: Sequence[int] = (), heads: Sequence[str] = ()
    ) -> tuple[PullRequest, ...]:
        """Pull requests by number and by head."""
        ...

    def open_pull(
        self, repository: str, *, head: str, base: str, title: str, body: str, draft: bool
    ) -> PullRequest:
        """Open one."""
        ...

    def shown(self, repository: str, numbers: Sequence[int]) -> tuple[PullRequest, ...]:
        """Those that were just opened, as they are there."""
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
        """Change the given fields."""
        ...

    def set_draft(self, pull: PullRequest, draft: bool) -> None:
        """Make it a draft, or ready."""
        ...

    def comment(self, repository: str, number: int, body: str) -> Comment:
        """Add a comment."""
        ...

    def edit_comment(self, repository: str, comment_id: int, body: str) -> None:
        """Replace the text of one."""
        ...


@dataclass(frozen=True, slots=True)
class Place:
    """A repository's fork (or itself), where branches go, and how git reaches it."""

    repository: Repository
    fork: str
    url: str
    trunk: str
    credential: Credential | None

    @property
    def own(self) -> bool:
        """Whether the branches are upstream's own, so that one may be the base of another."""
        return self.fork == self.repository.upstream

    @property
    def owner(self) -> str:
        """The account whose branches they are."""
        return self.fork.partition("/")[0]

    def at(self, fork: str) -> Place:
        """The same repository's branches in another fork of the same forge."""
        url = f"{self.url.removesuffix(f'{self.fork}.git')}{fork}.git"
        return replace(self, fork=fork, url=url)
