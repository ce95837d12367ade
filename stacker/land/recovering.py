"""What dead runs left: each landing that was begun is settled before another one is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from stacker.git.push import RefUpdate
from stacker.land import lock
from stacker.land.by_pull import ByPull
from stacker.land.by_push import ByPush
from stacker.land.classify import Landed, NotLanded, Stale, WrongTree
from stacker.land.intent import lock_ref
from stacker.land.journal import Step
from stacker.land.outcome import Reason, Way, Who
from stacker.land.protocol import Concluded, Unread, conclude, end

if TYPE_CHECKING:
    from collections.abc import Callable

    from stacker.land.intent import Intent
    from stacker.land.journal import Landing
    from stacker.land.lander import Lander
    from stacker.land.protocol import Conclusion
    from stacker.land.site import Site


@dataclass(frozen=True, slots=True)
class Busy:
    """Another machine's landing is under way; only time or somebody's word ends it."""

    reason: Reason


def lander_of(at: Site, intent: Intent) -> Lander:
    """The way of an intent that is only to be concluded."""
    return ByPush(at) if intent.way is Way.PUSH else ByPull(at)


def recover(at: Site, landing: Landing) -> Conclusion:
    """Settle one landing that a dead run left, as far as the server tells what became of it.

    One that had not come to its commit point only waits, and stays as it is. What could still
    arrive is given up: the next attempt is another one.
    """
    lander = lander_of(at, landing.intent)
    waits = not landing.in_flight
    done = conclude(at, lander, landing, fenced=waits)
    if isinstance(done, Unread) or isinstance(done.fate, Landed):
        return done
    if waits and isinstance(done.fate, NotLanded | Stale):
        return replace(done, landing=lock.release(at, done.landing))
    return given_up(at, lander, done)


def given_up(at: Site, lander: Lander, done: Concluded) -> Concluded:
    """End what did not land; what landed with wrong files is told until somebody takes it back."""
    if isinstance(done.fate, WrongTree):
        landing = lock.release(at, done.landing)
        seen = at.journal.observed(landing, Step.COMMIT, landed=done.fate.commit)
        return replace(done, landing=seen)
    end(at, lander, done.landing, type(done.fate).__name__)
    return done


def adopt(
    at: Site, branch: str, *, is_of: Callable[[Intent], bool], take_over: bool
) -> Landing | Busy | None:
    """The landing that holds the lock of a branch, whoever began it; None: nobody's does.

    Another machine's is left alone before its time is over, unless told. A lock that nobody can
    read, or that is not of this series (`is_of`), is broken, when told: nothing else of it.
    """
    ref = lock_ref(branch)
    there = at.upstream.refs(ref).get(ref)
    if there is None:
        return None
    ours = next((one for one in at.journal.all() if one.own and one.lock == there), None)
    if ours is not None:  # also one that ended here and could not let its lock go
        return replace(ours, ended=False)
    holder = lock.holder(at, there)
    left = holder.expires - at.now()
    known = holder.intent is not None and holder.intent.branch == branch and is_of(holder.intent)
    if not take_over and (left > 0 or not known):
        when = f"; its time is over in {-(-left // 60)} min" if left > 0 else ""
        text = f"another landing holds {branch}: {holder.said}{when}"
        return Busy(Reason(Who.COORDINATOR, None, text, "stacker land … --take-over"))
    if holder.intent is None or not known:
        at.upstream.push([RefUpdate(ref, there, None)])
        return None
    landing = at.journal.begin(holder.intent, own=False)
    return replace(landing, lock=there, in_flight=True, ended=False)
