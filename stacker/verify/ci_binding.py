"""What a run of upstream's CI says, and of which files. Pure.

A run started by a push builds the commit that it is reported on. One started for a pull request is
reported on the head and builds the head merged into the base branch, wherever that was just then:
only a head that contains where the branch is now contained all that it ever was, for it only moves
forward, and then the merge has the very files of the head. Of any other run nobody says what it
built.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stacker.evidence.record import Verdict
from stacker.forge.answers import printable
from stacker.forge.api import CISource, CIState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stacker.forge.api import CIResult
    from stacker.series.plan.ci_checks import CICheck

_BUILD_THE_COMMIT = frozenset({"push", "merge_group"})
_BUILDS_A_MERGE = "pull_request"
_SAYS_NOTHING = frozenset({"skipped", "neutral"})
_VERDICTS = {
    "success": Verdict.PASSED,
    "failure": Verdict.FAILED,
    "timed_out": Verdict.TIMED_OUT,
}
_STATES = {CIState.SUCCESS: Verdict.PASSED, CIState.FAILURE: Verdict.FAILED}
_OTHERWISE = {
    "skipped": "was skipped, which is no pass,",
    "neutral": "ended as neutral, which is no pass,",
    "cancelled": "was cancelled",
    "action_required": "waits for somebody who may let it run",
    "startup_failure": "could not start",
    "stale": "was given up by the forge",
}


@dataclass(frozen=True, slots=True)
class Merge:
    """What a run for the pull request `pull` (as `#12`) builds: its head merged into `branch`.

    `tip` is where that branch is now, `contained` whether the head contains it. `followed` says
    that it is the branch of the plan, which only moves forward.
    """

    pull: str
    branch: str
    tip: str
    followed: bool
    contained: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """A commit as the forge told its CI checks; `where` names it to people.

    `tree` is None when its files are not known here. `merge` is set for a pull request's head.
    `base` is the commit that it stands on, empty when that is not known.
    """

    where: str
    commit: str
    tree: str | None
    base: str
    merge: Merge | None
    runs: tuple[CIResult, ...]


@dataclass(frozen=True, slots=True)
class Unseen:
    """There is no commit of which the forge could tell anything; why, in words."""

    why: str


Sight = Seen | Unseen


@dataclass(frozen=True, slots=True)
class Bound:
    """The run built exactly the files of `tree`, and somebody whose word counts says so."""

    verdict: Verdict
    tree: str
    run: CIResult


@dataclass(frozen=True, slots=True)
class Unbound:
    """The run says something that is only shown: `word` is why in short, `why` at length."""

    verdict: Verdict
    word: str
    why: str
    run: CIResult


@dataclass(frozen=True, slots=True)
class Nothing:
    """CI says nothing yet, or nothing that could be a verdict; why, in words."""

    why: str


Reading = Bound | Unbound | Nothing


def reading(check: CICheck, sight: Sight, beside: Sequence[str] = ()) -> Reading:
    """What `sight` comes to for `check`; it is given the files of the repositories `beside`.

    Of several runs of that name those of the named app are heard alone, if there are any. Among
    them a failure outweighs what has not ended, and that a pass; one that was skipped is heard
    only where nothing else was.
    """
    if isinstance(sight, Unseen):
        return Nothing(sight.why)
    named = [run for run in sight.runs if run.name == check.name]
    counting = [run for run in named if not _uncounted(check, run)] or named
    said = [run for run in counting if run.conclusion not in _SAYS_NOTHING] or counting
    if not said:
        return Nothing(f"no run of {check.name!r} on {sight.where} yet")
    return min((_of_run(check, run, sight, beside) for run in said), key=_rank)


def _rank(one: Reading) -> int:
    match one:
        case Bound(verdict):
            return 2 if verdict is Verdict.PASSED else 0
        case Nothing():
            return 1
        case Unbound():
            return 3


def _of_run(check: CICheck, run: CIResult, seen: Seen, beside: Sequence[str]) -> Reading:
    verdict = _verdict(run)
    if verdict is None:
        return Nothing(f"{check.name!r} {_otherwise(run)} on {seen.where}")
    said = f"{check.name!r} {verdict.words} on {seen.where}"
    against = _uncounted(check, run)
    if against:
        return Unbound(verdict, "not counted", f"{said}, not counted: {against}", run)
    against = _unbound(run, seen, beside)
    if against or seen.tree is None:
        return Unbound(verdict, "unbound", f"{said}, unbound: {against}", run)
    return Bound(verdict, seen.tree, run)


def _verdict(run: CIResult) -> Verdict | None:
    if run.source is CISource.STATUS:
        return _STATES.get(run.state)
    return _VERDICTS.get(run.conclusion)


def _otherwise(run: CIResult) -> str:
    if run.state is CIState.PENDING:
        return "has not ended"
    return _OTHERWISE.get(run.conclusion, "said nothing that is known")


def _uncounted(check: CICheck, run: CIResult) -> str:
    """Why nobody's word stands behind the run; empty when the named app's does."""
    if run.source is CISource.STATUS:
        return "it is a status, and whoever may push can set one"
    if not check.app:
        return f"the plan names no app whose word counts, as `app` of runners.{check.runner}"
    if run.creator != check.app:
        return f"it was made by {printable(run.creator) or 'no app'}, not by {check.app}"
    return ""


def _unbound(run: CIResult, seen: Seen, beside: Sequence[str]) -> str:
    """Why it is not known what the run built; empty when it is."""
    if beside:
        return f"what CI had of {', '.join(beside)} beside it is not known"
    if seen.tree is None:
        return "this clone does not have that commit"
    if run.event in _BUILD_THE_COMMIT:
        return ""
    if run.event == _BUILDS_A_MERGE:
        return _unmerged(seen.merge)
    started = f"by {printable(run.event)}" if run.event else "by something else than a workflow"
    return f"it was started {started}, which does not tell what it built"


def _unmerged(merge: Merge | None) -> str:
    if merge is None:
        return "it built the merge of a pull request that is not known here"
    built = f"it built the merge of {merge.pull} with {printable(merge.branch)}"
    if not merge.followed:
        return f"{built}, which is not the branch that the plan names"
    if merge.contained:
        return ""
    return f"{built}, which {f'has moved on to {merge.tip[:7]}' if merge.tip else 'is gone'}"
