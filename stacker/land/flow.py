"""`stacker land`: recover, gather, clear, write down, one commit point, read back, settle."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, assert_never

from stacker.errors import ForgeError, StackerError
from stacker.forge.api import MergeDone, MergeRefused
from stacker.git.history import first_parents
from stacker.git.push import Pushed, PushRefused
from stacker.land import intent as journal
from stacker.land import lander
from stacker.land.candidate import Candidate, Stale, compose, stage_trees, with_trailers
from stacker.land.ci import awaited, told_by_ci
from stacker.land.classify import classify
from stacker.land.gather import gather_facts, target_of
from stacker.land.intent import IntendedMember, Intent, Step
from stacker.land.one_a_stage import by_habit
from stacker.land.outcome import LandResult, Reason, State, Way, Who
from stacker.land.preflight import Blocked, Ready, preflight
from stacker.land.proving import unproved
from stacker.land.results import already, concluded, not_landed
from stacker.land.settle import remember, settle
from stacker.land.staging import (
    clear_away,
    show_candidate,
    squashed_message,
    stage_for_push,
    stage_pull,
)
from stacker.land.words.told import numbered
from stacker.land.words.trailers import trailers, transaction
from stacker.verify.flow import verify
from stacker.verify.request import VerifyRequest

if TYPE_CHECKING:
    from stacker.forge.api import MergeAnswer
    from stacker.git.push import PushOutcome
    from stacker.land.classify import Reads
    from stacker.land.gather import Gathered, Target
    from stacker.land.request import Hands, LandRequest
    from stacker.series.loading import Series
    from stacker.series.workspace import Workspace

_TRIES = 3  # upstream may move while the checks run; then the candidate is made anew


def land(hands: Hands, request: LandRequest) -> LandResult:
    """Land it whole or not at all; run again, it first settles what an earlier run left."""
    recovered = None if request.dry_run else _recover(hands, request)
    if recovered is not None:
        return recovered
    result = _once(hands, request)
    for _ in range(_TRIES - 1):
        if result.state is not State.STALE or result.tx is None:
            break
        result = _once(hands, request)
    return result


def _once(hands: Hands, request: LandRequest) -> LandResult:
    work = hands.work
    series = work.load(hands.told)
    target = target_of(series, request.stage, request.group)
    found = gather_facts(
        work, series, target, place=hands.place, forge=hands.forge, told=hands.told
    )
    if not found.members:
        done = already(work.store, found, target, journal.begun(work.directory.state))
        landed = {m.stage: m.landed_as for m in done.members if m.landed_as is not None}
        remember(work, landed, target.name)
        return done
    candidate = compose(work.store, found.tips, target.repository, found.members)
    clearance = preflight(found.facts)
    if isinstance(clearance, Blocked):
        # Without what it needs a member may well conflict: that says nothing.
        stale = () if found.facts.waiting_needs else _stale(candidate)
        return not_landed(State.BLOCKED, found, (*clearance.reasons, *stale))
    if isinstance(candidate, Stale):
        return not_landed(State.STALE, found, _stale(candidate))
    meant = _intend(work, found, target, clearance, candidate)
    missing, waiting = _checks(hands, request, found, meant)
    if missing:
        return not_landed(State.BLOCKED, found, (*missing, *waiting))
    if request.dry_run:
        return not_landed(State.WAITING if waiting else State.NOT_LANDED, found, waiting)
    return _land(hands, request, found, meant, waiting)


def _stale(candidate: Candidate | Stale) -> tuple[Reason, ...]:
    if isinstance(candidate, Candidate):
        return ()
    return (Reason(Who.PORTER, candidate.stage, candidate.why, "stacker rebase"),)


@dataclass(frozen=True, slots=True)
class _Meant:
    """A landing that may be: how, with what, and how it is written down."""

    ready: Ready
    candidate: Candidate
    intent: Intent


def _checks(
    hands: Hands, request: LandRequest, found: Gathered, meant: _Meant
) -> tuple[tuple[Reason, ...], tuple[Reason, ...]]:
    """Run the required checks on what is to land, as far as they are not on record.

    What is in the way, and what upstream's CI has yet to say.
    """
    work = hands.work
    if not work.plan.checks:
        return (), ()
    trees, beside = stage_trees(meant.candidate, found.facts.repository.name, found.tips.targets)
    asked = VerifyRequest(
        plan=work.plan, store=work.store.git, stages=trees, repo_commits=beside,
        environment=request.environment, folder=work.directory.state, python=request.python,
        selection=found.members, own_evidence=True, jobs=request.jobs,
        ci=told_by_ci(work, hands.forge, found, meant.intent),
        upstreams={name: one.url for name, one in work.upstreams.items()}, access=request.access,
    )  # fmt: skip
    with hands.building() as say:
        done = verify(asked, say)
    rest, stuck, waiting = awaited(work.plan, found.members[-1], done.results)
    return (*unproved(rest), *stuck), waiting


def _land(
    hands: Hands,
    request: LandRequest,
    found: Gathered,
    meant: _Meant,
    waiting: tuple[Reason, ...],
) -> LandResult:
    work, ready = hands.work, meant.ready
    if waiting:
        show_candidate(work, meant.intent)
    prepared = _prepare(hands, found, meant, waiting)
    if isinstance(prepared, tuple):
        return not_landed(State.WAITING, found, prepared, meant.intent)
    intent = prepared
    journal.supersede(work.directory.state, intent)
    if ready.way is Way.PUSH:
        locked = lander.acquire(work, intent)
        if isinstance(locked, lander.Held) and request.take_over:
            lander.take_over(work, intent)
            locked = lander.acquire(work, intent)
        if isinstance(locked, lander.Held):
            journal.advance(work.directory.state, intent, Step.DONE)
            reason = Reason(Who.COORDINATOR, None, f"another landing is under way: {locked.by}",
                            "stacker land … --take-over")  # fmt: skip
            return not_landed(State.BLOCKED, found, (reason,), intent)
        intent = locked
    intent = journal.advance(work.directory.state, intent, Step.COMMITTING)
    if waiting:  # whoever merges the landing pull request meanwhile has landed it
        return not_landed(State.WAITING, found, waiting, intent)
    said = _attempt(hands, found, ready, intent)
    return _conclude(hands, intent, found.series, said)


def _intend(
    work: Workspace, found: Gathered, target: Target, ready: Ready, clean: Candidate
) -> _Meant:
    members = ready.members
    clean = by_habit(work.store, found.series, clean, members)
    tx = transaction(target.name, clean, members)
    commits = len(first_parents(work.store, clean.base, clean.commit))
    end = trailers(tx, target.name, members, clean.base, commits)
    candidate = with_trailers(work.store, clean, end)
    tips = {s.stage: s.tip for s in candidate.segments}
    intended = tuple(
        IntendedMember(m.stage, m.pull.number if m.pull else None, m.head, tips[m.stage])
        for m in members
        if m.head is not None
    )
    intent = Intent(
        tx=tx, name=target.name, repository=target.repository, branch=found.facts.trunk,
        base=candidate.base, candidate=candidate.commit, tree=candidate.tree,
        way=ready.way, members=intended, squash=ready.method == "squash",
    )  # fmt: skip
    return _Meant(ready, candidate, intent)


def _prepare(
    hands: Hands, found: Gathered, meant: _Meant, waiting: tuple[Reason, ...]
) -> Intent | tuple[Reason, ...]:
    """What must be on the forge before the commit point: CI on the candidate, the landing PR."""
    intent = meant.intent
    if meant.ready.way is Way.PUSH:
        reasons = stage_for_push(hands.work, hands.forge, found.facts, intent)
        return (*reasons, *waiting) or intent
    number = stage_pull(hands.work, hands.forge, found, intent, meant.candidate)
    return replace(intent, landing_pull=number)


def _commit(
    hands: Hands, found: Gathered, ready: Ready, intent: Intent
) -> PushOutcome | MergeAnswer:
    if ready.way is Way.PUSH:
        return lander.commit_by_push(hands.work, ready, intent)
    said = squashed_message(hands.work, found, intent)
    assert intent.landing_pull is not None
    title = numbered(found.series, found.members[0], said.title, intent.landing_pull)
    return lander.commit_by_merge(
        hands.forge, ready, intent, found.facts.repository.upstream, title=title, message=said.body
    )


def _attempt(hands: Hands, found: Gathered, ready: Ready, intent: Intent) -> str:
    """Try the commit point, once; what was said against it. What came of it the server tells."""
    try:
        answer = _commit(hands, found, ready, intent)
    except ForgeError as exc:
        return exc.message
    match answer:
        case Pushed() | MergeDone():
            return ""
        case PushRefused(words) | MergeRefused(_, words):
            return words
        case never:
            assert_never(never)


def _conclude(hands: Hands, intent: Intent, series: Series, said: str = "") -> LandResult:
    """Let no late push through, read the server, say what happened, do what is left to do."""
    work, state = hands.work, hands.work.directory.state
    upstream = series.plan.repository(intent.repository).upstream
    try:
        lander.fence(work, intent)
        reads = lander.read(work, hands.forge, intent, upstream)
    except StackerError as exc:
        reason = Reason(Who.COORDINATOR, None, exc.message, "run this again")
        return concluded(intent, State.UNKNOWN, reasons=(reason,))
    outcome = classify(reads)
    if outcome is State.LANDED and reads.landed is not None:
        return _settled(hands, intent, upstream, reads)
    reasons = (Reason(Who.MAINTAINER, None, said),) if said else ()
    if outcome is State.UNKNOWN:
        text = f"{intent.branch} was rewound: it no longer has {intent.base[:10]}"
        reasons = (Reason(Who.MAINTAINER, None, text), *reasons)
    waits = outcome is State.NOT_LANDED and intent.landing_pull is not None
    if outcome is not State.TORN and (intent.landing_pull is None or outcome is State.UNKNOWN):
        clear_away(work, intent)
        journal.advance(state, intent, Step.DONE)
    return concluded(intent, State.WAITING if waits else outcome, reads, reasons=reasons)


def _settled(hands: Hands, intent: Intent, upstream: str, reads: Reads) -> LandResult:
    """It has landed, whatever now fails: that is left for the next run."""
    work, state, landed = hands.work, hands.work.directory.state, reads.landed
    assert landed is not None
    journal.advance(state, intent, Step.SETTLING)
    try:
        members = settle(work, hands.forge, intent, upstream, landed)
        clear_away(work, intent)
    except StackerError as exc:
        return concluded(intent, State.LANDED, reads, follow_up=(exc.message,))
    journal.advance(state, intent, Step.DONE)
    return replace(concluded(intent, State.LANDED, reads), members=members)


def _recover(hands: Hands, request: LandRequest) -> LandResult | None:
    """Settle what a killed run left; the answer is that of the one asked for, if it landed."""
    work = hands.work
    series = work.load(hands.told)
    asked = target_of(series, request.stage, request.group).name
    answer: LandResult | None = None
    for intent in journal.unfinished(work.directory.state):
        if intent.step is Step.LOCKING:
            lander.release(work, intent)
            journal.advance(work.directory.state, intent, Step.DONE)
            continue
        done = _conclude(hands, intent, series)
        if intent.name == asked and done.state in (State.LANDED, State.TORN, State.UNKNOWN):
            answer = done
    return answer
