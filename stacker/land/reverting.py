"""`stacker land --revert`: take a landing back as one update of the branch, like any landing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stacker.errors import UsageError
from stacker.forge.api import MergeMethod
from stacker.git.history import saying
from stacker.git.merge import Conflicted
from stacker.git.objects import Commit, Oid, Signature
from stacker.git.quarantine import merge_trees
from stacker.land.brought import Made, brought
from stacker.land.by_pull import ByPull, Texts
from stacker.land.by_push import ByPush
from stacker.land.carrying import carry
from stacker.land.intent import IntendedMember, Intent
from stacker.land.outcome import Guarantee, LandResult, Reason, State, Way, Who
from stacker.land.preflight import Blocked, LandFacts, preflight
from stacker.land.protocol import Cleared, NotCleared, is_squash
from stacker.land.words.messages import Message, revert_message
from stacker.land.words.pulls import revert_body
from stacker.land.words.told import numbered, templates_of
from stacker.land.words.trailers import landing_told, revert_trailers, revert_transaction
from stacker.series.plan.model import StageId
from stacker.series.plan.upstream import UpstreamKind

if TYPE_CHECKING:
    from stacker.git.store import ObjectStore
    from stacker.land.lander import Lander
    from stacker.land.preflight import Ready
    from stacker.land.run import Run
    from stacker.land.site import Site
    from stacker.land.words.trailers import LandingTold
    from stacker.series.loading import Series
    from stacker.series.plan.model import Repository

_TX = re.compile(r"[0-9a-f]{20}")
_NOBODY = StageId("-")
"""What stands for a stage where a lone commit is taken back that the series does not know."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What is to be taken back: `commits` of the branch's first-parent line, ending in `landed`.

    `tx` is the landing that brought them, as `group`; a commit that somebody merged alone has none.
    """

    tx: str | None
    group: str
    repository: str
    landed: Oid
    commits: int
    members: tuple[IntendedMember, ...]

    @property
    def name(self) -> str:
        """The name of the revert, which is a landing of its own."""
        return f"revert-{(self.tx or self.landed)[:10]}"


def to_revert(run: Run, series: Series, given: str) -> Taken:
    """The landing, or the lone commit, that was named; raises `UsageError` if upstream has it not.

    A landing is found by what its last commit says, so that any clone can take it back.
    """
    for repository in series.plan.repositories:
        if repository.kind is UpstreamKind.FORGE:
            at = run.site(repository, repository.upstream)
            found = _found(at, series, repository, given)
            if found is not None:
                return found
    raise UsageError(
        f"no upstream branch of the plan has a landing or commit {given}",
        hint="`stacker log` and `Stacker-Landing:` in upstream's history name landings.",
    )


def _found(at: Site, series: Series, repository: Repository, given: str) -> Taken | None:
    tip = at.upstream.tip()
    if _TX.fullmatch(given):
        known = [one for one in at.journal.all() if one.intent.tx == given]
        if known and known[0].landed is not None and at.upstream.contains(tip, known[0].landed):
            intent, landed = known[0].intent, known[0].landed
            squashed = is_squash(at.store, intent, landed)
            made = Made(intent.commits, intent.base, intent.candidate, squashed=squashed)
            commits = _known(brought(at.store, landed, made), given)
            return Taken(given, intent.name, repository.name, landed, commits, intent.members)
        for said in saying(at.store, tip, f"Stacker-Landing: {given}"):
            told = landing_told(at.store.commit(said).message)
            if told is not None and told.tx == given:
                return _told_by(at.store, series, repository, said, told)
    oid = at.store.resolve(f"{given}^{{commit}}") if re.fullmatch("[0-9a-f]{7,64}", given) else None
    if oid is not None and at.upstream.contains(tip, oid):
        return Taken(None, "", repository.name, oid, 1, ())
    return None


def _known(commits: int | None, given: str) -> int:
    if commits is None:
        raise UsageError(
            f"how many of upstream's commits landing {given} is, cannot be told here",
            hint="Upstream had moved when it was merged. Run this where it was landed, or take"
            " back its commits one by one, the newest first: stacker land --revert COMMIT.",
        )
    return commits


def _told_by(
    store: ObjectStore, series: Series, repository: Repository, landed: Oid, told: LandingTold
) -> Taken:
    """What a landed commit's trailers tell of the landing."""
    numbers = {
        line.pull: line.stage for line in series.lock.stages if line.repository == repository.name
    }
    members = tuple(
        IntendedMember(numbers[number], number, head, landed)
        for number, head in told.members
        if number in numbers
    )
    commits = _known(brought(store, landed, Made(told.commits, told.base)), told.tx)
    return Taken(told.tx, told.group, repository.name, landed, commits, members)


def revert(run: Run, taken: Taken) -> LandResult:
    """Try once to take it back; then what landed with wrong files is told no longer."""
    done = _revert(run, taken)
    if done.state is State.LANDED:
        for landing in run.journal.unfinished():
            if landing.intent.tx == taken.tx:
                run.journal.end(landing, "taken back")
    return done


def _revert(run: Run, taken: Taken) -> LandResult:
    """Try once to take it back: the same commit point, the same way, the same proof."""
    series = run.work.load(run.hands.told)
    repository = series.plan.repository(taken.repository)
    facts = _facts(run, repository, taken)
    ready = preflight(facts)
    if isinstance(ready, Blocked):
        return _put_off(facts.trunk, State.BLOCKED, ready.reasons)
    at = run.site(repository, facts.carrier)
    intent = _intended(at, series, taken, facts, ready)
    if isinstance(intent, Reason):
        return _put_off(facts.trunk, State.BLOCKED, (intent,))
    if run.request.dry_run:
        return _put_off(facts.trunk, State.NOT_LANDED, ())
    first = intent

    def clear() -> Cleared | NotCleared:
        now = _facts(run, repository, taken)
        again = preflight(now)
        if isinstance(again, Blocked):
            return NotCleared(again.reasons)
        if _intended(at, series, taken, now, again) != first:
            text = f"{now.trunk} or a rule changed meanwhile"
            return NotCleared((Reason(Who.COORDINATOR, None, text, "run this again"),))
        return Cleared(again, first)

    def put_off(state: State, reasons: tuple[Reason, ...]) -> LandResult:
        return _put_off(facts.trunk, state, reasons, first)

    texts = _texts(at, series, taken, first)
    lander: Lander = ByPull(at, ready.may_merge, ready.method, facts.protection, texts)
    if ready.way is Way.PUSH:
        lander = ByPush(at, facts.protection.required_checks if facts.protection else ())
    return carry(at, lander, first, waiting=(), clear=clear, put_off=put_off, site_of=run.site_of)


def _facts(run: Run, repository: Repository, taken: Taken) -> LandFacts:
    """What is read of the branch and of what this token may do; there are no members to look at."""
    trunk, forge = run.hands.place(repository.name).trunk, run.hands.forge
    return LandFacts(
        name=taken.name, repository=repository, upstream=forge.repository(repository.upstream),
        protection=forge.protection(repository.upstream, trunk), trunk=trunk, group=None,
        alone_in=None, members=(), waiting_needs=(), foreign=(), trusted=True,
        bypass=run.request.use_bypass,
    )  # fmt: skip


def _intended(
    at: Site, series: Series, taken: Taken, facts: LandFacts, ready: Ready
) -> Intent | Reason:
    """The revert as one commit on the tip; a reason where what came since is in the way."""
    store, tip = at.store, at.upstream.tip()
    before = taken.landed
    for _ in range(taken.commits):
        before = store.commit(before).parents[0]
    trees = [store.commit(oid).tree for oid in (taken.landed, tip, before)]
    merged = merge_trees(store, *trees)
    if isinstance(merged, Conflicted):
        paths = ", ".join(sorted(c.path.decode("utf-8", "replace") for c in merged.conflicts)[:3])
        text = f"{paths} changed since it landed: it has to be taken back by hand"
        return Reason(Who.PORTER, None, text, f"git revert {taken.landed[:10]}")
    if merged.tree == trees[1]:
        return Reason(
            Who.COORDINATOR, None, f"{facts.trunk} is without it already", "stacker rebase"
        )
    ended = {one.intent.tx for one in at.journal.all() if one.ended}
    way = f"{ready.way} {facts.carrier} {ready.method}"
    tx, tries = "", 0
    while not tx or tx in ended:
        tx = revert_transaction(taken.name, tip, merged.tree, way, tries)
        tries += 1
    # Everybody who takes it back from here makes the same commit.
    when = store.commit(tip).committer.raw.rsplit(b"> ", 1)[1]
    who = Signature(at.person.encode(), b"stacker@localhost", when)
    end = revert_trailers(tx, tip, taken.tx)
    text = revert_message(
        templates_of(series, taken.repository), _title(store, series, taken),
        _subjects(store, taken), end,
    ).text()  # fmt: skip
    candidate = store.write_commit(Commit(merged.tree, (tip,), who, who, text.encode()))
    members = tuple(
        IntendedMember(m.stage, m.number, m.head, candidate) for m in taken.members
    ) or (IntendedMember(_NOBODY, None, taken.landed, candidate),)
    return Intent(
        tx=tx, name=taken.name, repository=taken.repository, branch=facts.trunk,
        carrier=facts.carrier,
        base=tip, candidate=candidate, tree=merged.tree, way=ready.way, members=members, commits=1,
        squash=ready.method is MergeMethod.SQUASH, reverts=taken.tx or taken.landed,
    )  # fmt: skip


def _subjects(store: ObjectStore, taken: Taken) -> list[tuple[Oid, str]]:
    """The commits that are taken back, newest first, with what each says of itself."""
    found, oid = [], taken.landed
    for _ in range(taken.commits):
        commit = store.commit(oid)
        found.append((oid, commit.subject))
        oid = commit.parents[0]
    return found


def _title(store: ObjectStore, series: Series, taken: Taken) -> str:
    """What it came as: the one commit's subject, or the group's name."""
    alone = taken.commits == 1 or not taken.group
    return store.commit(taken.landed).subject if alone else f"{series.plan.name}: {taken.group}"


def _texts(at: Site, series: Series, taken: Taken, intent: Intent) -> Texts:
    """What a pull request says that takes it back."""
    text = at.store.commit(intent.candidate).message.decode("utf-8", "replace")
    title, _, body = text.partition("\n")
    said = Message(title, body.strip("\n"))
    block = revert_body(
        templates_of(series, taken.repository), series.plan.name,
        _title(at.store, series, taken), intent, said,
    )  # fmt: skip
    preset = series.plan.repository(taken.repository).preset

    def with_number(number: int) -> Texts:
        return Texts(numbered(preset, title, number), block, said.body)

    return Texts(title, block, said.body, with_number)


def _put_off(
    branch: str, state: State, reasons: tuple[Reason, ...], intent: Intent | None = None
) -> LandResult:
    return LandResult(
        tx=intent.tx if intent else None, state=state, guarantee=Guarantee.ATOMIC,
        way=intent.way if intent else None, branch=branch, reasons=reasons,
    )  # fmt: skip
