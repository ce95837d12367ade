"""`stacker land`: settle what is left, gather, clear, write down, commit once, read, settle."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from stacker.land import lock
from stacker.land.attempting import attempt
from stacker.land.believing import is_of
from stacker.land.classify import Landed
from stacker.land.gather import target_of
from stacker.land.handing_over import hand_over
from stacker.land.journal import opened
from stacker.land.outcome import State
from stacker.land.protocol import Unread, conclude, end
from stacker.land.recovering import Busy, adopt, lander_of, recover
from stacker.land.request import Ending
from stacker.land.results import busy, nothing_new, told
from stacker.land.reverting import revert, to_revert
from stacker.land.run import Run
from stacker.series.plan.choices import Landing as Way

if TYPE_CHECKING:
    from collections.abc import Callable

    from stacker.land.journal import Landing
    from stacker.land.outcome import LandResult
    from stacker.land.request import Hands, LandRequest
    from stacker.land.site import Site
    from stacker.series.plan.model import Repository

_TRIES = 3  # upstream may move while the checks run; then the candidate is made anew
_ENDS = (State.LANDED, State.TORN, State.UNKNOWN)


def land(hands: Hands, request: LandRequest) -> LandResult:
    """Land it whole or not at all; run again, it first settles what an earlier run left."""
    work = hands.work
    with opened(work.directory.state, lambda: work.now) as journal:
        run = Run(hands, request, journal)
        goal = _goal(run)
        settled = None if request.dry_run else _settle_what_is_left(run, goal)
        if settled is not None:
            return settled
        if request.ending is not None:
            return _ended(run, goal, request.ending)
        result = goal.once()
        for _ in range(_TRIES - 1):
            if result.state is not State.STALE or result.tx is None:
                break
            result = goal.once()
        return result


def _ended(run: Run, goal: _Goal, ending: Ending) -> LandResult:
    """Nothing of the goal has landed; what only waits stays, or is given up."""
    left = [one for one in run.journal.unfinished() if one.intent.name == goal.name]
    if ending is Ending.ABORT:
        for landing in left:
            at = run.site_of(landing.intent)
            if at is not None and (landed := _given_up(at, landing)) is not None:
                return landed
    branch = run.hands.place(goal.repository.name).trunk
    return nothing_new(branch, [] if ending is Ending.ABORT else left)


def _given_up(at: Site, landing: Landing) -> LandResult | None:
    """Give one up, unless it landed meanwhile or that cannot be seen."""
    lander = lander_of(at, landing.intent)
    done = conclude(at, lander, landing, fenced=not landing.acted)
    if isinstance(done, Unread) or isinstance(done.fate, Landed):
        return told(done)
    end(at, lander, done.landing, "given up")
    return None


@dataclass(frozen=True, slots=True)
class _Goal:
    """What is to be done, under which name, where, and how it is tried once."""

    name: str
    repository: Repository
    once: Callable[[], LandResult]


def _goal(run: Run) -> _Goal:
    work, request = run.work, run.request
    series = work.load(run.hands.told)
    if request.revert is not None:
        taken = to_revert(run, series, request.revert)
        return _Goal(
            taken.name, series.plan.repository(taken.repository), partial(revert, run, taken)
        )
    target = target_of(series, request.stage, request.group)
    repository = series.plan.repository(target.repository)
    once = hand_over if repository.landing is Way.HAND_OFF else attempt
    return _Goal(target.name, repository, partial(once, run, target))


def _settle_what_is_left(run: Run, goal: _Goal) -> LandResult | None:
    """What dead runs left; the answer is that of the goal, if there is nothing to add."""
    answer: LandResult | None = None
    for landing in run.journal.unfinished():
        at = run.site_of(landing.intent)
        if at is None:
            continue
        theirs = not landing.own and landing.lock is not None
        if theirs and lock.current(at, landing.intent) == landing.lock:
            continue  # it may be alive; its lock tells how long it is left alone
        result = told(recover(at, landing))
        if landing.intent.name == goal.name and result.state in _ENDS:
            answer = result
    if answer is not None or goal.repository.landing is Way.HAND_OFF:
        return answer
    return _settle_who_holds(run, goal)


def _settle_who_holds(run: Run, goal: _Goal) -> LandResult | None:
    """Another landing that holds the branch's lock: it is alive, or dead and settled here."""
    branch = run.hands.place(goal.repository.name).trunk
    at = run.site(goal.repository, goal.repository.upstream)
    lock_file = run.work.load(run.hands.told).lock
    known = partial(is_of, lock_file, goal.repository.name)
    found = adopt(at, branch, is_of=known, take_over=run.request.take_over)
    if isinstance(found, Busy):
        return busy(found.reason, branch)
    if found is None:
        return None
    there = run.site_of(found.intent)
    result = told(recover(there, found)) if there is not None else None
    mine = result is not None and found.intent.name == goal.name and result.state in _ENDS
    return result if mine else None
