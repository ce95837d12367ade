"""The answers of a landing: blocked, waiting, done before, or as the server says. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, assert_never

from stacker.land.classify import Landed, MergedAlone, NotLanded, Rewound, Stale, Undone, WrongTree
from stacker.land.outcome import Guarantee, LandResult, MemberResult, Reason, Shown, State, Who
from stacker.land.protocol import Unread

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from stacker.git.objects import Oid
    from stacker.git.store import ObjectStore
    from stacker.land.gather import Gathered, Target
    from stacker.land.intent import Intent
    from stacker.land.journal import Landing
    from stacker.land.protocol import Conclusion
    from stacker.landed.group import Torn
    from stacker.series.plan.model import StageId


def not_landed(
    state: State, found: Gathered, reasons: tuple[Reason, ...], intent: Intent | None = None
) -> LandResult:
    """Blocked, waiting or stale: every member as it is, and all that is in the way."""
    members = tuple(
        MemberResult(
            m.stage,
            m.pull.number if m.pull else None,
            m.head,
            None,
            str(m.pull.state) if m.pull else "",
        )
        for m in found.facts.members
    )
    return LandResult(
        tx=intent.tx if intent else None,
        state=state,
        guarantee=guarantee(intent) if intent else Guarantee.NONE,
        way=intent.way if intent else None,
        branch=found.facts.trunk,
        members=members,
        reasons=reasons,
        rules=Shown(found.facts.protection),
    )


def already(
    store: ObjectStore, found: Gathered, target: Target, begun: Iterable[Landing]
) -> LandResult:
    """Nothing is left to land: upstream has it. How it came there, only our own journal knows."""
    members = tuple(_landed_member(found, stage) for stage in target.all_members)
    last = members[-1].landed_as
    there = last is not None and store.find(last) is not None
    mine = (one.intent for one in begun if one.intent.name == target.name)
    ours = next(
        (
            i
            for i in mine
            if i.candidate == last or i.landing_of(i.members[-1], i.candidate) == last
        ),
        None,
    )
    at_once = len({m.landed_as for m in members}) == 1
    return LandResult(
        tx=ours.tx if ours else None,
        state=State.LANDED,
        guarantee=Guarantee.ATOMIC if ours or at_once else Guarantee.NONE,
        way=None,
        branch=found.facts.trunk,
        commit=last,
        tree=store.commit(last).tree if there and last is not None else None,
        members=members,
    )


def busy(reason: Reason, branch: str) -> LandResult:
    """Somebody else's landing has the branch."""
    return LandResult(
        tx=None, state=State.BLOCKED, guarantee=Guarantee.NONE, way=None, branch=branch,
        reasons=(reason,),
    )  # fmt: skip


def nothing_new(branch: str, left: Sequence[Landing]) -> LandResult:
    """What was begun is settled or given up; of `left` each still waits."""
    reasons = tuple(
        Reason(Who.MAINTAINER, None, f"the landing {one.intent.tx[:10]} waits"
               + (f" in #{one.pull}" if one.pull else ""))
        for one in left
    )  # fmt: skip
    return LandResult(
        tx=left[0].intent.tx if left else None, state=State.WAITING if left else State.NOT_LANDED,
        guarantee=Guarantee.NONE, way=None, branch=branch, reasons=reasons,
    )  # fmt: skip


def torn(found: Gathered, target: Target, what: Torn) -> LandResult:
    """Some members were merged alone: nothing more is done before somebody says what."""
    reasons = (
        Reason(Who.COORDINATOR, None, f"{what.said}; the rest is frozen"),
        *(Reason(Who.COORDINATOR, None, way.what, way.command) for way in what.ways),
    )
    here = not_landed(State.TORN, found, reasons)
    before = [_landed_member(found, stage) for stage in what.landing.landed]
    rank = {stage: at for at, stage in enumerate(target.all_members)}
    both = sorted((*before, *here.members), key=lambda m: rank[m.stage])
    return replace(here, members=tuple(both))


def told(done: Conclusion) -> LandResult:
    """What became of a landing; its members' pull requests were only looked at if it landed."""
    intent = done.landing.intent
    if isinstance(done, Unread):
        reason = Reason(Who.COORDINATOR, None, done.why, "run this again")
        return _of(intent, State.UNKNOWN, reasons=(reason,))
    said = (Reason(Who.MAINTAINER, None, done.said),) if done.said else ()
    match done.fate:
        case Landed(commit, tree, moved, squashed):
            intent = replace(intent, squash=squashed)
            note = f"{intent.branch} had moved: what landed was tested on another commit"
            return _of(
                intent, State.LANDED, commit=commit, tree=tree, members=done.members,
                left=(done.left,) if done.left else (), notes=(note,) if moved else (),
            )  # fmt: skip
        case WrongTree(commit, tree):
            text = f"{commit[:10]} has other files than were to land; {intent.tree[:10]} was meant"
            reason = Reason(Who.MAINTAINER, None, text, f"stacker land --revert {intent.tx}")
            return _of(intent, State.TORN, commit=commit, tree=tree, reasons=(reason, *said))
        case NotLanded():
            return _of(intent, State.NOT_LANDED, reasons=said)
        case Stale(tip):
            text = f"{intent.branch} moved to {tip[:10]} meanwhile"
            reason = Reason(Who.COORDINATOR, None, text, "run this again")
            return _of(intent, State.STALE, reasons=(reason, *said))
        case Rewound():
            text = f"{intent.branch} was rewound: it no longer has {intent.base[:10]}"
            return _of(intent, State.UNKNOWN, reasons=(Reason(Who.MAINTAINER, None, text), *said))
        case MergedAlone(alone):
            text = f"merged alone meanwhile: {', '.join(alone)}; the rest is frozen"
            reason = Reason(Who.COORDINATOR, None, text, "run this again: it tells the ways out")
            return _of(intent, State.TORN, reasons=(reason, *said))
        case Undone(commit):
            text = f"it had landed as {commit[:10]}, and {intent.branch} is without that now"
            reason = Reason(Who.MAINTAINER, None, text, "stacker rebase")
            return _of(intent, State.NOT_LANDED, reasons=(reason, *said))
        case never:
            assert_never(never)


def _of(
    intent: Intent, state: State, *, commit: Oid | None = None, tree: Oid | None = None,
    members: tuple[MemberResult, ...] = (), reasons: tuple[Reason, ...] = (),
    left: tuple[str, ...] = (), notes: tuple[str, ...] = (),
) -> LandResult:  # fmt: skip
    these = tuple(
        MemberResult(m.stage, m.number, m.head, commit and intent.landing_of(m, commit), "")
        for m in intent.members
    )
    return LandResult(
        tx=intent.tx, state=state, guarantee=guarantee(intent), way=intent.way,
        branch=intent.branch, commit=commit, tree=tree, members=members or these,
        reasons=reasons, follow_up=left, notes=notes, takes_back=intent.reverts is not None,
    )  # fmt: skip


def guarantee(intent: Intent) -> Guarantee:
    """What the intent's way promises."""
    return Guarantee.ONE_SQUASHED_COMMIT if intent.squash else Guarantee.ATOMIC


def _landed_member(found: Gathered, stage: StageId) -> MemberResult:
    line = found.series.lock.stage(stage)
    commit: Oid | None = (line.landing if line else None) or found.tips.landed.get(stage)
    head = line.published.head if line and line.published else None
    return MemberResult(stage, line.pull if line else None, head, commit, "")
