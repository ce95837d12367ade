"""One attempt: gather, compose, clear, intend, check, show, and carry it through."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

from stacker.forge.api import MergeMethod
from stacker.land.by_pull import ByPull, Texts
from stacker.land.by_push import GATE, ByPush
from stacker.land.candidate import Candidate, Stale, compose, finished, stage_trees
from stacker.land.carrying import carry
from stacker.land.ci import awaited, told_by_ci
from stacker.land.forged import forged
from stacker.land.gather import gather_facts
from stacker.land.intent import IntendedMember, Intent
from stacker.land.once import Once
from stacker.land.one_a_stage import by_habit
from stacker.land.outcome import Guarantee, Reason, State, Way, Who
from stacker.land.preflight import Blocked, Ready, preflight
from stacker.land.protocol import Cleared, NotCleared, end
from stacker.land.proving import unproved
from stacker.land.recovering import lander_of
from stacker.land.results import already, guarantee, not_landed, torn
from stacker.land.settle import remember
from stacker.land.words.messages import merge_message, squash_message
from stacker.land.words.pulls import Landing, landing_body
from stacker.land.words.told import authors_of, closing_of, numbered
from stacker.land.words.trailers import trailers, transaction
from stacker.landed.group import group_landings
from stacker.rebase.upstream_has import torn_groups, upstream_has
from stacker.series.plan.choices import LandingShape
from stacker.verify.flow import verify
from stacker.verify.request import VerifyRequest

if TYPE_CHECKING:
    from stacker.land.gather import Gathered, LandForge, Target
    from stacker.land.lander import Lander
    from stacker.land.outcome import LandResult
    from stacker.land.run import Run
    from stacker.land.site import Site
    from stacker.landed.group import Torn


_LOOKS = 4  # at a tip that moves while it is looked at


@dataclass(frozen=True, slots=True)
class _Meant:
    """A landing that may be: what was read, what was cleared, with what, how it is written down."""

    found: Gathered
    ready: Ready
    candidate: Candidate
    intent: Intent


def attempt(run: Run, target: Target) -> LandResult:
    """Try once to land what has not landed yet."""
    found = _gathered(run, target)
    if not found.members:
        return _had_landed(run, found, target)
    if found.landed_alone and target.group is not None and not run.request.rest:
        return torn(found, target, _torn(run, found, target.group))
    meant = _meant(run, found, target)
    if not isinstance(meant, _Meant):
        return meant
    missing, waiting = _checks(run, meant)
    if missing:
        return not_landed(State.BLOCKED, found, (*missing, *waiting))
    if run.request.dry_run:
        could = not_landed(State.WAITING if waiting else State.NOT_LANDED, found, waiting)
        return replace(could, way=meant.intent.way, guarantee=guarantee(meant.intent))
    done = _land(run, target, meant, waiting)
    # What is left of a torn group lands whole; the group did not.
    return replace(done, guarantee=Guarantee.NONE) if found.landed_alone else done


def _gathered(run: Run, target: Target, forge: LandForge | None = None) -> Gathered:
    hands, work = run.hands, run.work
    series = work.load(hands.told)
    return gather_facts(
        work, series, target, place=hands.place, forge=forge or hands.forge, told=hands.told,
        bypass=run.request.use_bypass, again=run.request.again,
    )  # fmt: skip


def _torn(run: Run, found: Gathered, group: str) -> Torn:
    """How much of the group upstream has, and the ways out."""
    series = found.series
    there = upstream_has(run.work, series, found.tips.targets)
    one = group_landings(series.plan, there)[group]
    (what,) = torn_groups(run.work, series, {group: one})
    return what


def _had_landed(run: Run, found: Gathered, target: Target) -> LandResult:
    """Upstream has it all: what an attempt of ours put on the forge for it goes."""
    done = already(run.work.store, found, target, run.journal.all())
    if run.request.dry_run:
        return done
    landed = {m.stage: m.landed_as for m in done.members if m.landed_as is not None}
    for landing in run.journal.unfinished():
        at = run.site_of(landing.intent)
        if landing.intent.name == target.name and at is not None:
            end(at, lander_of(at, landing.intent), landing, "it had landed otherwise")
    remember(run.work, landed, target.name)
    return done


def _meant(run: Run, found: Gathered, target: Target) -> _Meant | LandResult:
    """What is to land, if everything that was read lets it."""
    candidate = compose(run.work.store, found.tips, target.repository, found.members)
    clearance = preflight(found.facts)
    stale = () if isinstance(candidate, Candidate) else _stale(candidate)
    if isinstance(clearance, Blocked):
        # Without what it needs a member may well conflict: that says nothing.
        more = () if found.facts.waiting_needs else stale
        return not_landed(State.BLOCKED, found, (*clearance.reasons, *more))
    if isinstance(candidate, Stale):
        return not_landed(State.STALE, found, stale)
    if reasons := forged(run.work.store, candidate):
        return not_landed(State.BLOCKED, found, reasons)
    if candidate.tree == run.work.store.commit(candidate.base).tree:
        text = f"{target.name} would change nothing in {found.facts.trunk}: it is there already"
        return not_landed(State.BLOCKED, found, (Reason(Who.PORTER, None, text, "stacker rebase"),))
    return _intended(run, found, target, clearance, candidate)


def _stale(candidate: Stale) -> tuple[Reason, ...]:
    return (Reason(Who.PORTER, candidate.stage, candidate.why, "stacker rebase"),)


def _intended(run: Run, found: Gathered, target: Target, ready: Ready, clean: Candidate) -> _Meant:
    """The candidate with its last commit, which names the landing, and the intent of it."""
    members, repository, series = ready.members, found.facts.repository, found.series
    clean = by_habit(run.work.store, series, clean, members)
    ended_before = {one.intent.tx for one in run.journal.all() if one.ended}
    squash = ready.method is MergeMethod.SQUASH
    shape = repository.shape if ready.way is Way.PUSH else LandingShape.CHAIN
    closing = closing_of(series, members) if shape is LandingShape.CHAIN else []
    way = f"{ready.way} {found.facts.carrier} {ready.method}"
    tx, tries = "", 0
    while not tx or tx in ended_before:  # what was given up must never arrive: another candidate
        tx = transaction(target.name, clean, members, way=way, tries=tries)
        tries += 1
    candidate = finished(
        run.work.store, clean,
        shape,
        over=lambda end: merge_message(series, target.name, members, end).text(),
        end=lambda commits: [*closing, *trailers(tx, target.name, members, clean.base, commits)],
    )  # fmt: skip
    tips = {s.stage: s.tip for s in candidate.segments}
    own = members[0].pull if squash and ready.may_merge and len(members) == 1 else None
    intent = Intent(
        tx=tx, name=target.name, repository=target.repository, branch=found.facts.trunk,
        carrier=found.facts.carrier,
        base=candidate.base, candidate=candidate.commit, tree=candidate.tree, way=ready.way,
        commits=candidate.commits, squash=squash, own_pull=own.number if own else None,
        members=tuple(
            IntendedMember(m.stage, m.pull.number if m.pull else None, m.head, tips[m.stage])
            for m in members
            if m.head is not None
        ),
    )  # fmt: skip
    return _Meant(found, ready, candidate, intent)


def _checks(run: Run, meant: _Meant) -> tuple[tuple[Reason, ...], tuple[Reason, ...]]:
    """Run the required checks on what is to land, as far as they are not on record.

    What is in the way, and what upstream's CI has yet to say.
    """
    hands, work, request, found = run.hands, run.work, run.request, meant.found
    if not work.plan.checks:
        return (), ()
    trees, beside = stage_trees(meant.candidate, found.facts.repository.name, found.tips.targets)
    asked = VerifyRequest(
        plan=work.plan, store=work.store.git, stages=trees, repo_commits=beside,
        environment=request.environment, folder=work.directory.state, python=request.python,
        selection=found.members, own_evidence=True, jobs=request.jobs, work=request.work,
        ci=told_by_ci(work, hands.forge, found, meant.intent),
        upstreams={name: one.url for name, one in work.upstreams.items()}, access=request.access,
    )  # fmt: skip
    with hands.building() as say:
        done = verify(asked, say)
    rest, stuck, waiting = awaited(work.plan, found.members[-1], done.results)
    return (*unproved(rest), *stuck), waiting


def _land(run: Run, target: Target, meant: _Meant, waiting: tuple[Reason, ...]) -> LandResult:
    intent, found = meant.intent, meant.found
    at = run.site(found.facts.repository, intent.carrier)

    def clear() -> Cleared | NotCleared:
        return _cleared_again(run, target, meant, at)

    def put_off(state: State, reasons: tuple[Reason, ...]) -> LandResult:
        return not_landed(state, found, reasons, intent)

    lander = _lander(at, meant, seen=bool(waiting))
    return carry(
        at, lander, intent, waiting=waiting, clear=clear, put_off=put_off, site_of=run.site_of
    )


def _lander(at: Site, meant: _Meant, *, seen: bool) -> Lander:
    """The way of the intent; `seen`: CI has to see the candidate in any case."""
    facts, ready = meant.found.facts, meant.ready
    if ready.way is Way.PUSH:
        required = facts.protection.required_checks if facts.protection else ()
        return ByPush(at, required, show=seen)
    return ByPull(at, ready.may_merge, ready.method, ready.protection, _texts(at, meant), show=seen)


def _texts(at: Site, meant: _Meant) -> Texts:
    """What the landing pull request says, and the message of the one commit of a squash."""
    found, intent, members = meant.found, meant.intent, meant.ready.members
    series, end = found.series, trailers(intent.tx, intent.name, members, intent.base, 1)
    authors = authors_of(at.store, series, found.members)
    said = squash_message(series, intent.name, members, authors, end)
    what = Landing(
        series=series, name=intent.name, branch=intent.branch, members=members,
        candidate=meant.candidate, method=meant.ready.method,
    )  # fmt: skip

    def numbered_texts(number: int) -> Texts:
        title = numbered(found.facts.repository.preset, said.title, number)
        return Texts(title, landing_body(what, said, number=number), said.body)

    return Texts(said.title, landing_body(what, said), said.body, numbered_texts)


def _cleared_again(run: Run, target: Target, meant: _Meant, at: Site) -> Cleared | NotCleared:
    """Read everything again and decide again: only the very same landing is cleared.

    Where upstream alone moved, and nothing but our own gate has to pass on what lands, that is the
    same changes on its newest tip. The forge is asked once, with the members frozen; what depends
    on the tip is looked at until that is the tip still, so that a branch that moves all the time
    is met.
    """
    forge = cast("LandForge", Once(run.hands.forge))
    ref = f"refs/heads/{meant.intent.branch}"
    again: _Meant | LandResult | None = None
    for _ in range(_LOOKS):
        found = _gathered(run, target, forge)
        if found.members != meant.found.members:
            return NotCleared((_changed(f"what has landed of {target.name} changed meanwhile"),))
        again = _meant(run, found, target)
        if not isinstance(again, _Meant):
            return NotCleared(again.reasons)
        if at.upstream.refs(ref).get(ref) == again.intent.base:
            break
    assert isinstance(again, _Meant)
    if again.intent != meant.intent and not _moved_alone(run, meant, again):
        return NotCleared((_changed(f"{meant.intent.branch}, a head or a rule changed meanwhile"),))
    return Cleared(again.ready, again.intent)


def _moved_alone(run: Run, before: _Meant, now: _Meant) -> bool:
    """Whether all but the tip is as it was, and nobody else has to check what lands before."""

    def same(one: _Meant) -> tuple[object, ...]:
        heads = tuple((m.stage, m.number, m.head) for m in one.intent.members)
        return one.intent.way, one.intent.carrier, one.ready.protection, one.ready.bypass, heads

    rules = now.ready.protection
    required = rules.required_checks if rules is not None else ()
    checked = bool(run.work.plan.checks) or any(one != GATE for one in required)
    return now.intent.way is Way.PUSH and not checked and same(before) == same(now)


def _changed(text: str) -> Reason:
    return Reason(Who.COORDINATOR, None, text, "run this again")
