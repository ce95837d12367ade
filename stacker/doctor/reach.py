"""What the doctor asks others with: the forge that answers, and where the upstreams are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stacker.forge.api import BranchTip, Identity, Protection, PullRequest, RepositoryFacts
    from stacker.series.workspace import Upstream


class ReadForge(Protocol):
    """What the doctor asks of a forge."""

    def identity(self) -> Identity:
        """Who the token belongs to, and what kind it is."""
        ...

    def against_opening(self, repository: str, head_owner: str, base: str) -> str | None:
        """Why the token may open no pull request there."""
        ...

    def against_reporting(self, repository: str) -> str | None:
        """Why the token may set no commit status there."""
        ...

    def pulls(
        self, repository: str, numbers: Sequence[int] = (), heads: Sequence[str] = ()
    ) -> tuple[PullRequest, ...]:
        """Pull requests by number and by head."""
        ...

    def repository(self, name: str) -> RepositoryFacts | None:
        """A repository; `None` when the token may not see it."""
        ...

    def protection(self, repository: str, branch: str) -> Protection | None:
        """What a branch demands."""
        ...

    def has_file(self, repository: str, branch: str, path: str) -> bool | None:
        """Whether a branch has a file; `None` when that cannot be read."""
        ...

    def tip_checks(self, repository: str, branch: str, other: str) -> BranchTip:
        """The tip of a branch with its CI checks, and that of another one."""
        ...


@dataclass(frozen=True, slots=True)
class Reach:
    """Where upstreams and forge are; `forge` is `None` without a token. `demo` says that the
    forge is the hub of this directory. `now` is in seconds since 1970."""

    site: str
    demo: bool
    upstreams: Mapping[str, Upstream]
    forge: ReadForge | None
    now: int
