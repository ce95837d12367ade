"""How one intent is carried through: lock, freeze, look again, one commit point, read, settle.

It knows the ports alone, so that it can be driven against anything that keeps them. Every effect is
journalled before it; what came of the commit point is read from the server and classified.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from stacker.errors import StackerError
from stacker.forge.api import PullState
from stacker.git.history import contained_in, telling
from stacker.git.merge import Merged
from stacker.git.objects import Oid
from stacker.git.quarantine import merge_trees
from stacker.land import lock
from stacker.land.believing import says_so
from stacker.land.classify import Landed, Reads, classify
from stacker.land.freezing import freeze
from stacker.land.journal import Step
from stacker.land.lander import Answer
from stacker.land.settle import retarget, settle

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from stacker.git.store import ObjectStore
    from stacker.land.classify import Fate
    from stacker.land.intent import Intent
    from stacker.land.journal import Landing
    from stacker.land.lander import Lander
    from stacker.land.lock import Holder
    from stacker.land.outcome import MemberResult, Reason
    from stacker.land.preflight import Ready
    from stacker.land.site import Site
    from stacker.series.plan.model import StageId


@dataclass(frozen=True, slots=True)
class NotCleared:
    """What was seen after the freeze is not what was cleared before; nothing landed."""

    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Cleared:
    """What was seen after the freeze: what may land now, with what.

    It is another intent where upstream alone moved: the same landing on its newest tip.
    """

    ready: Ready
    intent: Intent


@dataclass(frozen=True, slots=True)
class Unread:
    """The server could not be read: nothing more was done."""

    landing: Landing
    why: str


@dataclass(frozen=True, slots=True)
class Concluded:
    """What became of it; `said` is what the server had against it, and `refused` whether that was
    its last word; `left` is still to do."""

    landing: Landing
    fate: Fate
    said: str = ""
    refused: bool = False
    members: tuple[MemberResult, ...] = ()
    left: str = ""


Conclusion = Concluded | Unread

_PUSHES = 8  # under one lock, each outrun by upstream; then others may have their turn


def carry_through(
    at: Site, lander: Lander, landing: Landing, clear: Callable[[], Cleared | NotCleared]
) -> Conclusion | NotCleared | Holder:
    """Land it, once. `clear` looks at everything again, with the members frozen.

    A push that was outrun cannot arrive, for its lease is on what the branch was; where upstream
    alone moved, the next one is tried under the same lock, so that a branch that moves all the time
    is met. Should the first arrive after all, on a branch that was rewound, it takes the lock.
    """
    held = lock.acquire(at, landing)
    if isinstance(held, lock.Holder):
        return held
    landing, answer = held, Answer("", final=False, outrun=True)
    for tried in range(_PUSHES):
        landing, cleared = _cleared(at, lander, landing, clear, frozen=tried > 0)
        if isinstance(cleared, NotCleared):
            return cleared
        landing, answer = _committed(at, lander, landing, cleared.ready)
        if not answer.outrun:
            break
    return conclude(at, lander, landing, said=answer.words, fenced=answer.final)


def _cleared(
    at: Site,
    lander: Lander,
    landing: Landing,
    clear: Callable[[], Cleared | NotCleared],
    *,
    frozen: bool,
) -> tuple[Landing, Cleared | NotCleared]:
    """What may be tried now; where nothing may, the lock is let go."""
    try:
        landing = landing if frozen else freeze(at, landing)
        cleared = clear()
        if isinstance(cleared, Cleared) and cleared.intent != landing.intent:
            landing = _on_newest(at, landing, cleared.intent)
            landing, missing = lander.prepare(landing)
            cleared = NotCleared(missing) if missing else cleared
    except BaseException:
        lock.release(at, landing)
        raise
    if isinstance(cleared, NotCleared):
        lock.release(at, landing)
    return landing, cleared


def _committed(at: Site, lander: Lander, landing: Landing, ready: Ready) -> tuple[Landing, Answer]:
    """Try the commit point once."""
    intent = landing.intent
    landing = at.journal.about(
        landing, Step.COMMIT, branch=intent.branch, base=intent.base, candidate=intent.candidate
    )
    try:
        answer = lander.commit(landing, ready)
    except StackerError as exc:  # it may have been sent all the same
        answer = Answer(exc.message, final=False)
    return at.journal.observed(landing, Step.COMMIT, said=answer.words, final=answer.final), answer


def _on_newest(at: Site, landing: Landing, intent: Intent) -> Landing:
    """Go on with another intent under the same lock, which the very push that lands takes away."""
    newer = at.journal.begin(intent)
    if landing.lock is not None:
        newer = at.journal.about(newer, Step.LOCK, lock=landing.lock)
    at.journal.end(landing, "upstream moved")
    return newer


def conclude(
    at: Site, lander: Lander, landing: Landing, *, said: str = "", fenced: bool = False
) -> Conclusion:
    """Let nothing late through, read the server, and do what is left to do."""
    try:
        if not fenced:
            landing = at.journal.about(landing, Step.FENCE)
            landing = lander.fence(landing)
        landing = at.journal.observed(landing, Step.FENCE)
        fate = classify(read(at, lander, landing))
    except StackerError as exc:
        return Unread(landing, exc.message)
    if isinstance(fate, Landed):
        return _settled(at, lander, landing, fate)
    return Concluded(landing, fate, said, refused=fenced and bool(said))


def end(at: Site, lander: Lander, landing: Landing, how: str) -> None:
    """Give it up: what was put on the forge for it goes, and nobody is kept out any more."""
    try:
        if landing.shown:
            lander.clear_away(landing)
    finally:
        lock.release(at, landing)
    at.journal.end(landing, how)


def _settled(at: Site, lander: Lander, landing: Landing, fate: Landed) -> Concluded:
    """It has landed, whatever now fails: that is left for the next run."""
    landing = at.journal.about(landing, Step.SETTLE, landed=fate.commit)
    try:
        landing = lock.release(at, landing)  # nothing of it can arrive: nobody need wait
        intent = replace(landing.intent, squash=fate.squashed)
        retarget(at.forge, intent, at.repository, at.dependents)
        members = settle(at.forge, intent, at.repository, fate.commit, at.templates)
        if intent.reverts is None:  # where it landed stays true; that it went is found
            at.remember({m.stage: m.landed_as for m in members if m.landed_as}, intent.name)
        end(at, lander, landing, "landed")
    except StackerError as exc:
        return Concluded(landing, fate, left=exc.message)
    return Concluded(landing, fate, members=members)


def read(at: Site, lander: Lander, landing: Landing) -> Reads:
    """Read what the server has now, whatever any answer said."""
    intent, store = landing.intent, at.store
    tip = at.upstream.tip()
    landed = lander.landed(landing, tip)
    if landed is not None and not at.upstream.contains(tip, landed):
        landed = None
    if landed == intent.candidate and not says_so(store, intent, landed):
        landed = None  # a lock that names somebody else's commit
    if landed is None and tip != intent.base:
        # Merged over it, by whoever knew the pull request: then it is below a commit of the forge.
        below = at.upstream.contains(tip, intent.candidate)
        below = below and says_so(store, intent, intent.candidate)
        landed = intent.candidate if below else _told_by_trailer(store, intent, tip)
    moved: frozenset[Oid] = frozenset()
    alone: tuple[StageId, ...] = ()
    taken_back = False
    tree = store.commit(landed).tree if landed is not None else None
    if landed is not None and tree != intent.tree:
        at.upstream.bring(landed)
        moved = _moved(store, intent, landed)
        taken_back = _taken_back(store, intent, landed, tip)
    elif landed is None and tip != intent.base and intent.reverts is None:
        alone = _alone(at, intent, tip)
    return Reads(
        tip=tip, base=intent.base, has_base=at.upstream.contains(tip, intent.base),
        landed=landed, tree=tree, expected=intent.tree, moved=moved, seen=landing.landed,
        alone=alone, members=len(intent.members), taken_back=taken_back,
        squashed=landed is not None and is_squash(store, intent, landed),
    )  # fmt: skip


def is_squash(store: ObjectStore, intent: Intent, landed: Oid) -> bool:
    """Whether the forge made one commit of all; whoever may not merge is not told before.

    A rebase keeps the message of the last commit, a merge has two parents.
    """
    if intent.squash or landed == intent.candidate or store.find(intent.candidate) is None:
        return intent.squash
    commit, meant = store.commit(landed), store.commit(intent.candidate)
    return len(commit.parents) == 1 and commit.message.strip() != meant.message.strip()


def _told_by_trailer(store: ObjectStore, intent: Intent, tip: Oid) -> Oid | None:
    """A commit of the branch that says it is this landing, made by whomever: the newest one."""
    if store.find(intent.base) is None:
        return None
    line = f"Stacker-Landing: {intent.tx}"
    with telling(store, intent.base, tip, line) as found:
        for oid in found():
            if says_so(store, intent, oid):
                return oid
    return None


def _taken_back(store: ObjectStore, intent: Intent, landed: Oid, tip: Oid) -> bool:
    """Whether a later commit of the branch says that it reverts the landing, or what landed."""
    for line in (f"Stacker-Revert: {intent.tx}", f"This reverts commit {landed}"):
        with telling(store, landed, tip, line) as found:
            if found():
                return True
    return False


def _alone(at: Site, intent: Intent, tip: Oid) -> tuple[StageId, ...]:
    """Members that the branch has without the landing: merged by their own pull requests."""
    numbers = {m.number: m for m in intent.members if m.number is not None}
    found = []
    for pull in at.forge.pulls(at.repository, list(numbers)):
        made = pull.merge_commit if pull.state is PullState.MERGED else None
        if made and at.upstream.contains(tip, Oid(made)):
            found.append(numbers[pull.number].stage)
    heads = [m.head for m in intent.members if at.store.find(m.head) is not None]
    there = contained_in(at.store, heads, tip)
    return tuple(m.stage for m in intent.members if m.stage in found or m.head in there)


def _moved(store: ObjectStore, intent: Intent, landed: Oid) -> frozenset[Oid]:
    """The trees that the candidate's change makes of what the branch was before it landed.

    A merge and a squash are one commit of the branch; a rebase is as many as the chain has.
    """
    base, before = store.commit(intent.base).tree, landed
    found = set()
    for _ in range(intent.commits):
        parents: Sequence[Oid] = store.commit(before).parents
        if not parents:
            break
        before = parents[0]
        moved = merge_trees(store, base, store.commit(before).tree, intent.tree)
        found |= {moved.tree} if isinstance(moved, Merged) else set()
    return frozenset(found)
