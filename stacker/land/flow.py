"""`stacker land`: recover, gather, clear, write down, one commit point, read back, settle."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, assert_never

from stacker.errors import ForgeError, StackerError
from stacker.forge.api import MergeDone, MergeRefused
from stacker.git.push import Pushed, PushRefused
from stacker.land import intent as journal
from stacker.land import lander, message
from stacker.land.candidate import Candidate, Stale, compose, stage_trees, with_trailers
from stacker.land.classify import classify
from stacker.land.gather import LandForge, gather_facts, target_of
from stacker.land.intent import IntendedMember, Intent, Step
from stacker.land.outcome import LandResult, Reason, State, Way, Who
from stacker.land.preflight import Blocked, Ready, evidence, preflight
from stacker.land.results import already, concluded, not_landed
from stacker.land.settle import remember, settle
from stacker.land.staging import clear_away, stage_for_push, stage_pull
from stacker.verify.flow import verify
from stacker.verify.request import VerifyRequest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from stacker.bots.values import Access
    from stacker.forge.api import MergeAnswer
    from stacker.git.push import PushOutcome
    from stacker.git.transfer import Told
    from stacker.land.classify import Reads
    from stacker.land.gather import Gathered, Target
    from stacker.series.loading import Series
    from stacker.series.workspace import Workspace
    from stacker.submit.gather import Place

_TRIES = 3  # upstream may move while the checks run; then the candidate is made anew


@dataclass(frozen=True, slots=True, kw_only=True)
class LandRequest:
    """A stage or a group. `environment`, `python` and `access` are for the checks; `take_over`
    breaks the lock of somebody's dead landing."""

    stage: str | None = None
    group: str | None = None
    take_over: bool = False
    dry_run: bool = False
    environment: Mapping[str, str]
    python: str
    access: Mapping[str, Access] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Hands:
    """What a landing works with: the series, the forge, where branches go, who hears of it."""

    work: Workspace
    forge: LandForge
    place: Callable[[str], Place]
    told: Told | None = None


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
    missing = _checks(hands, request, found, candidate)
    if missing or request.dry_run:
        return not_landed(State.BLOCKED if missing else State.NOT_LANDED, found, missing)
    return _land(hands, request, found, target, _Cleared(clearance, candidate))


def _stale(candidate: Candidate | Stale) -> tuple[Reason, ...]:
    if isinstance(candidate, Candidate):
        return ()
    return (Reason(Who.PORTER, candidate.stage, candidate.why, "stacker rebase"),)


@dataclass(frozen=True, slots=True)
class _Cleared:
    ready: Ready
    candidate: Candidate


def _checks(
    hands: Hands, request: LandRequest, found: Gathered, candidate: Candidate
) -> tuple[Reason, ...]:
    """Run the required checks on what is to land, as far as they are not on record."""
    work = hands.work
    trees, beside = stage_trees(candidate, found.facts.repository.name, found.tips.targets)
    done = verify(
        VerifyRequest(
            plan=work.plan, store=work.store.git, stages=trees, repo_commits=beside,
            environment=request.environment, folder=work.directory.state, python=request.python,
            selection=found.members, own_evidence=True, access=request.access,
        ),
        lambda _: None,
    )  # fmt: skip
    return evidence(done.results)


def _land(
    hands: Hands, request: LandRequest, found: Gathered, target: Target, cleared: _Cleared
) -> LandResult:
    work, ready = hands.work, cleared.ready
    intent, candidate = _intend(work, found, target, cleared)
    waiting = _prepare(hands, found, intent, candidate, ready)
    if isinstance(waiting, tuple):
        return not_landed(State.WAITING, found, waiting, intent)
    intent = waiting
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
    said = _attempt(hands, found, ready, intent)
    return _conclude(hands, intent, found.series, said)


def _intend(
    work: Workspace, found: Gathered, target: Target, cleared: _Cleared
) -> tuple[Intent, Candidate]:
    members = cleared.ready.members
    tx = message.transaction(target.name, cleared.candidate, members)
    end = message.trailers(tx, target.name, members)
    candidate = with_trailers(work.store, cleared.candidate, end)
    tips = {s.stage: s.tip for s in candidate.segments}
    intended = tuple(
        IntendedMember(m.stage, m.pull.number if m.pull else None, m.head, tips[m.stage])
        for m in members
        if m.head is not None
    )
    intent = Intent(
        tx=tx, name=target.name, repository=target.repository, branch=found.facts.trunk,
        base=candidate.base, candidate=candidate.commit, tree=candidate.tree,
        way=cleared.ready.way, members=intended, squash=cleared.ready.method == "squash",
    )  # fmt: skip
    return intent, candidate


def _prepare(
    hands: Hands, found: Gathered, intent: Intent, candidate: Candidate, ready: Ready
) -> Intent | tuple[Reason, ...]:
    """What must be on the forge before the commit point: CI on the candidate, the landing PR."""
    if ready.way is Way.PUSH:
        reasons = stage_for_push(hands.work, hands.forge, found.facts, intent)
        return reasons or intent
    number = stage_pull(hands.work, hands.forge, found, intent, candidate)
    return replace(intent, landing_pull=number)


def _commit(
    hands: Hands, found: Gathered, ready: Ready, intent: Intent
) -> PushOutcome | MergeAnswer:
    if ready.way is Way.PUSH:
        return lander.commit_by_push(hands.work, ready, intent)
    end = message.trailers(intent.tx, intent.name, ready.members)
    authors = message.authors_of(hands.work.store, found.series, found.members)
    text = message.squash_message(found.series, ready.members, authors, end)
    title = message.landing_title(found.series, intent.name, ready.members)
    return lander.commit_by_merge(
        hands.forge, ready, intent, found.facts.repository.upstream, title=title, message=text
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
