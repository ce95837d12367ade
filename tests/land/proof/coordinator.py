"""A run of `stacker land --group final` over the ports alone, on the hub in process.

It follows `stacker.land.flow` and `stacker.land.attempting` step by step and uses their parts:
journal, lock, freeze, preflight, the ways, recovery and the words of the verdict. Only what needs
a series directory is told here: what the members are, and the chain of them on a tip.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from proof.scene import NAME, STAGES

from stacker.forge.api import MergeMethod
from stacker.land import lock
from stacker.land.by_pull import ByPull, Texts
from stacker.land.by_push import ByPush
from stacker.land.candidate import Candidate, Segment, Stale, finished
from stacker.land.carrying import carry
from stacker.land.intent import IntendedMember, Intent
from stacker.land.outcome import Guarantee, LandResult, Reason, State, Way, Who
from stacker.land.preflight import Blocked, LandFacts, MemberFacts, Ready, preflight
from stacker.land.protocol import Cleared, NotCleared, end
from stacker.land.recovering import Busy, adopt, lander_of, recover
from stacker.land.results import busy, told
from stacker.land.site import Site
from stacker.land.words.trailers import trailers, transaction
from stacker.series.plan.choices import Landing, LandingShape
from stacker.series.plan.model import Group, Repository, StageId
from stacker.submit.words.body import said_block

if TYPE_CHECKING:
    from stacker.git.objects import Oid

_TRIES = 3
_ENDS = (State.LANDED, State.TORN, State.UNKNOWN)
_GROUP = Group("final", tuple(map(StageId, STAGES)), approvals=1)


@dataclass(frozen=True)
class Found:
    """What was read: the facts, the tip, who is left to land, who landed alone."""

    facts: LandFacts
    tip: Oid
    members: tuple[StageId, ...]
    alone: tuple[StageId, ...]


@dataclass(frozen=True)
class Meant:
    """What is to land, and how it is written down."""

    found: Found
    ready: Ready
    candidate: Candidate
    intent: Intent


@dataclass(frozen=True)
class Options:
    """How upstream wants it landed."""

    landing: Landing = Landing.PUSH
    shape: LandingShape = LandingShape.CHAIN
    method: str | None = None
    protected: bool = False


class Coordinator:
    """Somebody who lands: `remote`, `forge` and `journal` are that run's own ports."""

    def __init__(self, scene, person, *, remote, forge, journal, options=None):
        self.scene, self.options = scene, options or Options()
        self.repository = Repository(
            "proj", NAME, "master", landing=self.options.landing, shape=self.options.shape
        )
        self.remembered = {}
        self.at = Site(
            store=scene.store, upstream=remote, carrier=remote, forge=forge, journal=journal,
            repository=NAME, person=person, now=lambda: scene.hub.seconds,
            remember=lambda landed, name: self.remembered.update(landed),
        )  # fmt: skip

    def land(self, *, take_over=False):
        """`stacker.land.flow.land`."""
        settled = self._settle_what_is_left(take_over)
        if settled is not None:
            return settled
        result = self.attempt()
        for _ in range(_TRIES - 1):
            if result.state is not State.STALE or result.tx is None:
                break
            result = self.attempt()
        return result

    def _settle_what_is_left(self, take_over):
        at, answer = self.at, None
        for landing in at.journal.unfinished():
            theirs = not landing.own and landing.lock is not None
            if theirs and lock.current(at, landing.intent) == landing.lock:
                continue
            result = told(recover(at, landing))
            if result.state in _ENDS:
                answer = result
        if answer is not None:
            return answer
        found = adopt(at, "master", is_of=lambda intent: True, take_over=take_over)
        if isinstance(found, Busy):
            return busy(found.reason, "master")
        if found is None:
            return None
        result = told(recover(at, found))
        return result if result.state in _ENDS else None

    def attempt(self):
        """`stacker.land.attempting.attempt`."""
        found = self._gathered()
        if not found.members:
            return self._had_landed(found)
        if found.alone:
            return self._said(State.TORN)
        meant = self._meant(found)
        return meant if isinstance(meant, LandResult) else self._land(meant)

    def _gathered(self):
        at, scene = self.at, self.scene
        tip = at.upstream.tip()
        there = scene.inside(tip)
        members = tuple(s for s in _GROUP.stages if s not in there)
        numbers = {s: scene.numbers[s] for s in members}
        pulls = {p.number: p for p in at.forge.pulls(NAME, list(numbers.values()))}
        names = {f"refs/pull/{n}/head": n for n in numbers.values()}
        heads = {names[ref]: oid for ref, oid in at.upstream.refs(*names).items()}
        facts = LandFacts(
            name="final", repository=self.repository, upstream=at.forge.repository(NAME),
            protection=at.forge.protection(NAME, "master"), trunk="master", group=_GROUP,
            alone_in=None, waiting_needs=(), foreign=(), trusted=True,
            members=tuple(
                MemberFacts(
                    stage=s, pull=pulls.get(n), head=scene.heads[s], git_head=heads.get(n),
                    unsubmitted=False,
                )
                for s, n in numbers.items()
            ),
        )  # fmt: skip
        return Found(facts, tip, members, tuple(sorted(there)) if members else ())

    def _had_landed(self, found):
        for landing in self.at.journal.unfinished():
            end(self.at, lander_of(self.at, landing.intent), landing, "it had landed otherwise")
        return replace(self._said(State.LANDED), commit=found.tip)

    def _said(self, state, reasons=(), intent=None):
        return LandResult(
            tx=intent.tx if intent else None, state=state, guarantee=Guarantee.NONE,
            way=intent.way if intent else None, branch="master", reasons=tuple(reasons),
        )  # fmt: skip

    def _meant(self, found):
        clearance = preflight(found.facts)
        if isinstance(clearance, Blocked):
            return self._said(State.BLOCKED, clearance.reasons)
        candidate = self._composed(found)
        if isinstance(candidate, Stale):
            return self._said(State.STALE, [Reason(Who.PORTER, candidate.stage, candidate.why)])
        return self._intended(found, clearance, candidate)

    def _composed(self, found):
        """The members' files on the tip, one commit on the other; what is there is a conflict."""
        scene, below, segments = self.scene, found.tip, []
        for stage in found.members:
            mine = scene.store.commit(scene.heads[stage])
            there = {e.name for e in scene.store.tree(scene.store.commit(below).tree)}
            if f"{stage}.txt".encode() in there:
                return Stale(stage, f"{stage}.txt conflicts with {found.tip[:10]}")
            tree = scene.tree_with(scene.store.commit(below).tree, {f"{stage}.txt": f"{stage}\n"})
            below = scene.store.write_commit(mine._replace(tree=tree, parents=(below,)))
            segments.append(Segment(stage, below, tree))
        return Candidate(found.tip, below, segments[-1].tree, tuple(segments))

    def _intended(self, found, ready, clean):
        at, members = self.at, ready.members
        ended = {one.intent.tx for one in at.journal.all() if one.ended}
        tx, tries = "", 0
        while not tx or tx in ended:
            tx = transaction("final", clean, members, way=str(ready.way), tries=tries)
            tries += 1
        candidate = finished(
            at.store, clean,
            self.repository.shape if ready.way is Way.PUSH else LandingShape.CHAIN,
            over=lambda end: "\n".join(["Proof: final", "", *end, ""]),
            end=lambda commits: trailers(tx, "final", members, clean.base, commits),
        )  # fmt: skip
        tips = {s.stage: s.tip for s in candidate.segments}
        intent = Intent(
            tx=tx, name="final", repository="proj", branch="master", carrier=NAME,
            base=candidate.base, candidate=candidate.commit, tree=candidate.tree, way=ready.way,
            commits=candidate.commits, squash=ready.method is MergeMethod.SQUASH,
            members=tuple(
                IntendedMember(m.stage, m.pull.number, m.head, tips[m.stage]) for m in members
            ),
        )  # fmt: skip
        return Meant(found, ready, candidate, intent)

    def _land(self, meant):
        at, intent = self.at, meant.intent
        return carry(
            at, self._lander(meant), intent, waiting=(),
            clear=lambda: self._cleared_again(meant),
            put_off=lambda state, reasons: self._said(state, reasons, intent),
            site_of=lambda _: at,
        )  # fmt: skip

    def _lander(self, meant):
        facts, ready, at = meant.found.facts, meant.ready, self.at
        if ready.way is Way.PUSH:
            required = facts.protection.required_checks if facts.protection else ()
            return ByPush(at, required)
        intent = meant.intent
        end = trailers(intent.tx, "final", ready.members, intent.base, intent.commits)
        texts = Texts("Proof: final", said_block("proof", "final", intent.tree), "\n".join(end))
        return ByPull(at, ready.may_merge, ready.method, ready.protection, texts)

    def _cleared_again(self, meant):
        found = self._gathered()
        if found.members != meant.found.members:
            return NotCleared((Reason(Who.COORDINATOR, None, "what has landed changed"),))
        again = self._meant(found)
        if not isinstance(again, Meant):
            return NotCleared(again.reasons)
        if again.intent != meant.intent and not self._moved_alone(meant, again):
            return NotCleared((Reason(Who.COORDINATOR, None, "a head changed meanwhile"),))
        return Cleared(again.ready, again.intent)

    def _moved_alone(self, before, now):
        heads = [[(m.stage, m.number, m.head) for m in one.intent.members] for one in (before, now)]
        rules = before.ready.protection, now.ready.protection
        return (
            now.intent.way is before.intent.way is Way.PUSH
            and heads[0] == heads[1]
            and (rules[0] == rules[1])
        )
