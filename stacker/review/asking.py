"""What the forge has of one pull request that its reviewer needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from stacker.errors import ForgeError
from stacker.review.value import SinceMyReview, Unread

if TYPE_CHECKING:
    from stacker.forge.api import PullRequest
    from stacker.forge.threads import Thread
    from stacker.review.value import SinceWanted


class PullReader(Protocol):
    """What is asked of a forge."""

    def pull(self, repository: str, number: int) -> PullRequest:
        """One pull request."""
        ...

    def open_threads(self, repository: str, number: int) -> tuple[Thread, ...]:
        """What was said of single lines and is not resolved."""
        ...

    def whoami(self) -> str:
        """The login that the token belongs to."""
        ...


@dataclass(frozen=True, slots=True)
class Seen:
    """A pull request with its unresolved threads; `me` is empty where nobody needs to know."""

    pull: PullRequest
    threads: tuple[Thread, ...]
    me: str


def read(forge: PullReader, repository: str, number: int, since: SinceWanted | None) -> Seen:
    """Ask; raises `ForgeError`."""
    me = forge.whoami() if isinstance(since, SinceMyReview) else ""
    return Seen(forge.pull(repository, number), forge.open_threads(repository, number), me)


def read_if_possible(
    forge: PullReader | None, repository: str, number: int, since: SinceWanted | None
) -> Seen | Unread:
    """The same for a reader who can do without it."""
    if forge is None:
        return Unread("there is no token for the forge")
    try:
        return read(forge, repository, number, since)
    except ForgeError as failure:
        return Unread(failure.message)
