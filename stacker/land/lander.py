"""The port behind which the ways of landing stand: our push, the forge's merge, others' hands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from stacker.git.objects import Oid
    from stacker.land.journal import Landing
    from stacker.land.outcome import Reason
    from stacker.land.preflight import Ready


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said at the commit point. Whether it landed is read, never taken from here.

    `final`: nothing of the attempt can arrive any more. `outrun`: the branch has
    moved, so that it never arrives, and the lock is still ours.
    """

    words: str
    final: bool
    outrun: bool = False


class Lander(Protocol):
    """One way of landing one intent."""

    def prepare(self, landing: Landing) -> tuple[Landing, tuple[Reason, ...]]:
        """Put it where upstream's CI and people see it; what these have yet to say or do."""
        ...

    def commit(self, landing: Landing, ready: Ready) -> Answer:
        """The commit point: try it, once. Only what a preflight cleared is tried."""
        ...

    def fence(self, landing: Landing) -> Landing:
        """Make sure that nothing of an attempt, of whichever run, can arrive from now on."""
        ...

    def landed(self, landing: Landing, tip: Oid) -> Oid | None:
        """The commit as which it landed, as far as this way knows; `tip` may not have it."""
        ...

    def clear_away(self, landing: Landing) -> None:
        """Remove what `prepare` put there."""
        ...
