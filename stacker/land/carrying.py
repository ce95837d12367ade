"""From a cleared intent to an answer: show it, wait or carry it through, say what became of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from stacker.land import lock
from stacker.land.classify import Landed, NotLanded, Stale
from stacker.land.lock import Holder
from stacker.land.outcome import Reason, State, Way, Who
from stacker.land.protocol import NotCleared, Unread, carry_through, end
from stacker.land.recovering import given_up, lander_of
from stacker.land.results import told

if TYPE_CHECKING:
    from collections.abc import Callable

    from stacker.land.intent import Intent
    from stacker.land.journal import Landing
    from stacker.land.lander import Lander
    from stacker.land.outcome import LandResult
    from stacker.land.protocol import Cleared, Conclusion
    from stacker.land.site import Site

    PutOff = Callable[[State, tuple[Reason, ...]], LandResult]
    """The answer of a landing that was put off: its state, and what is in the way."""


def carry(
    at: Site,
    lander: Lander,
    intent: Intent,
    *,
    waiting: tuple[Reason, ...],
    clear: Callable[[], Cleared | NotCleared],
    put_off: PutOff,
    site_of: Callable[[Intent], Site | None],
) -> LandResult:
    """Begin a landing, or go on with one that waited; `waiting` is what is known to be missing, and
    `site_of` tells where an earlier one was to land."""
    landing, asked = lander.prepare(at.journal.begin(intent))
    _supersede(at, landing, site_of)
    if reasons := (*asked, *waiting):
        return put_off(State.WAITING, reasons)
    done = carry_through(at, lander, landing, clear)
    match done:
        case Holder():
            text = f"another landing is under way: {done.said}"
            reason = Reason(Who.COORDINATOR, None, text, "stacker land … --take-over")
            return put_off(State.BLOCKED, (reason,))
        case NotCleared(reasons):
            return put_off(State.STALE, reasons)
        case _:
            return _concluded(at, lander, done, put_off)


def _concluded(at: Site, lander: Lander, done: Conclusion, put_off: PutOff) -> LandResult:
    """What a run that came to the commit point says; what may still be merged stays as it is."""
    if isinstance(done, Unread) or isinstance(done.fate, Landed):
        return told(done)
    by_pull = done.landing.intent.way is Way.PULL_REQUEST
    if done.refused and by_pull and isinstance(done.fate, NotLanded | Stale):
        lock.release(at, done.landing)
        return put_off(State.WAITING, (Reason(Who.MAINTAINER, None, done.said),))
    return told(given_up(at, lander, done))


def _supersede(at: Site, landing: Landing, site_of: Callable[[Intent], Site | None]) -> None:
    """Give up earlier ones of the same name, which only waited.

    What those were to merge is no longer the landing branch's head: nothing can come of them.
    """
    intent = landing.intent
    for earlier in at.journal.unfinished():
        other = earlier.intent
        same = (other.name, other.repository) == (intent.name, intent.repository)
        if same and other.tx != intent.tx:
            taken = landing.shown and other.carrier == intent.carrier  # the branch has the new one
            gone = replace(earlier, shown=earlier.shown and not taken)
            there = site_of(other) or at  # its branch may be in another repository
            end(there, lander_of(there, other), gone, "superseded")
