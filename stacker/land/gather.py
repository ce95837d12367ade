"""Everything that a landing decides by, read fresh from forge, upstream and series."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from stacker.approvals.looking import Shown
from stacker.errors import UsageError
from stacker.forge.cache import remember_pulls
from stacker.gate.flow import GateForge
from stacker.git.beside import beside
from stacker.git.objects import Oid
from stacker.handoff.proof import is_handed_over
from stacker.land.candidate import OnTips, on_tips
from stacker.land.preflight import LandFacts, MemberFacts, Withdrawn
from stacker.land.remote import GitRemote
from stacker.land.settle import SettleForge
from stacker.landed.fate import Reverted
from stacker.landed.finding import Finder
from stacker.landed.holding import with_gone
from stacker.landed.returning import lost
from stacker.landed.since import first_bases
from stacker.series.plan.chains import needs_closure
from stacker.series.plan.choices import Landing
from stacker.series.plan.upstream import UpstreamKind
from stacker.series.workspace import fetch_tip
from stacker.submit.approving import earlier
from stacker.submit.foreign import moved_by_others
from stacker.submit.gather import gather, publishable
from stacker.submit.heads import HeadsRequest, compose_heads
from stacker.submit.place import PullForge
from stacker.submit.pulls import branch_of
from stacker.verify.trust import is_trusted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from stacker.approvals.standing import Known
    from stacker.forge.api import (
        BranchTip,
        CIResult,
        MergeAnswer,
        MergeMethod,
        Protection,
        PullRequest,
    )
    from stacker.git.transfer import Told
    from stacker.series.loading import Series
    from stacker.series.plan.model import Plan, StageId
    from stacker.series.workspace import Workspace
    from stacker.submit.heads import Head
    from stacker.submit.place import Place


class LandForge(PullForge, SettleForge, GateForge, Protocol):
    """All that a landing asks of a forge."""

    def pull(self, repository: str, number: int) -> PullRequest:
        """One pull request, read fresh."""
        ...

    def merge(
        self,
        repository: str,
        number: int,
        *,
        sha: str,
        method: MergeMethod,
        title: str | None = None,
        message: str | None = None,
    ) -> MergeAnswer:
        """Merge it if its head is `sha`."""
        ...

    def protection(self, repository: str, branch: str) -> Protection | None:
        """What a branch demands."""
        ...

    def ci_results(self, repository: str, oid: str) -> tuple[CIResult, ...]:
        """The CI checks of a commit."""
        ...

    def tip_checks(self, repository: str, branch: str, other: str) -> BranchTip:
        """The tip of a branch with its CI checks, and that of another one."""
        ...


@dataclass(frozen=True, slots=True)
class Target:
    """What was asked to land: a group, or one stage; `members` have not landed yet."""

    name: str
    group: str | None
    all_members: tuple[StageId, ...]
    repository: str


@dataclass(frozen=True, slots=True)
class Gathered:
    """The facts, the series as submitted, and the series on the live tips.

    `landed_alone` are members that upstream has without the others.
    """

    facts: LandFacts
    series: Series
    tips: OnTips
    members: tuple[StageId, ...]
    landed_alone: tuple[StageId, ...] = ()


def target_of(series: Series, stage: str | None, group: str | None) -> Target:
    """What the command line names; raises `UsageError` with what could be named instead."""
    plan = series.plan
    if (stage is None) == (group is None):
        raise UsageError("say what to land: `land STAGE` or `land --group NAME`")
    if group is not None:
        members = plan.in_order(plan.group(group).stages)
        return _on_forge(plan, Target(group, group, members, plan.stage(members[0]).repository))
    assert stage is not None
    one = plan.stage(stage)
    return _on_forge(plan, Target(one.id, None, (one.id,), one.repository))


def _on_forge(plan: Plan, target: Target) -> Target:
    """The target, if a forge can be asked about it; raises `UsageError`."""
    home = plan.repository(target.repository)
    if home.kind is not UpstreamKind.FORGE and home.landing is not Landing.HAND_OFF:
        raise UsageError(
            f"{target.name} is for {home.upstream}, which is on no forge: land has nobody to ask",
            hint="Its maintainers bring it in; `stacker rebase` finds it there.",
        )
    return target


def tips_now(work: Workspace, series: Series, told: Told | None) -> dict[str, Oid]:
    """The live tip of every upstream branch that the series stands on."""
    names = [name for name in work.upstreams if name in series.lock.bases]
    return {name: fetch_tip(work.store, work.upstreams[name], told) for name in names}


def gather_facts(
    work: Workspace,
    series: Series,
    target: Target,
    *,
    place: Callable[[str], Place],
    forge: LandForge,
    told: Told | None,
    bypass: bool = False,
    again: bool = False,
) -> Gathered:
    """Read the forge and upstream; every answer is fresh."""
    tips = on_tips(work, series, tips_now(work, series, told))
    lost_now = {one.stage for one in lost(work.store, series, tips.targets)}

    def there(stage: StageId) -> bool:
        """Whether upstream has it, and has not taken it back."""
        return stage in tips.landed or (series.landed(stage) and stage not in lost_now)

    members = tuple(s for s in target.all_members if not there(s))
    needs = {n for m in target.all_members for n in needs_closure(series.plan, m)}
    around = series.plan.in_order({*members, *needs})
    stages, _ = publishable(series, around)
    places = {n: place(n) for n in dict.fromkeys(series.plan.stage(s).repository for s in stages)}
    found, series = gather(work, series, stages, places=places, forge=forge, told=told)
    remember_pulls(work.directory.state, found.read(), work.now)
    asked = HeadsRequest(stages, False, "", found.elsewhere)
    heads = {head.stage: head for head in compose_heads(work.store, series, asked)}
    home = series.plan.repository(target.repository)
    here = places.get(target.repository) or place(target.repository)
    waiting = [
        n for n in series.plan.in_order(needs) if n not in target.all_members and not there(n)
    ]
    before = earlier(work.store, series, places, _shown(series, members, found.pulls))
    mine = [heads[m] for m in members if m in heads]
    group = series.plan.group(target.group) if target.group else None
    other = series.plan.group_of(target.all_members[0]) if group is None else None
    mine_there = [found.pulls[m] for m in members if m in found.pulls]
    pull_heads = _pull_heads(work, target.repository, mine_there)
    facts = LandFacts(
        name=target.name,
        repository=home,
        upstream=forge.repository(home.upstream),
        protection=forge.protection(home.upstream, here.trunk),
        trunk=here.trunk,
        group=group,
        alone_in=other.name if other else None,
        members=tuple(
            _member(
                series, m, heads, found.pulls, earlier_heads=before.get(m), pull_heads=pull_heads
            )
            for m in members
        ),
        waiting_needs=tuple(
            (n, _number(series, n)) for n in waiting if not is_handed_over(series, n)
        ),
        handed_needs=tuple((n, _upstream(series, n)) for n in waiting if is_handed_over(series, n)),
        foreign=tuple(map(str, moved_by_others(mine, found.places, found.tips))),
        withdrawn=_withdrawn(work, series, tips.targets, members),
        trusted=is_trusted(work.directory.state, series.plan),
        bypass=bypass,
        again=again,
    )
    gone = tuple(s for s in target.all_members if s not in members)
    return Gathered(facts, series, tips, members, gone if members else ())


def _withdrawn(
    work: Workspace, series: Series, targets: Mapping[str, Oid], members: Sequence[StageId]
) -> tuple[Withdrawn, ...]:
    """Of the members and all that they need those that landed and were reverted."""
    needs = {member: needs_closure(series.plan, member) for member in members}
    around = series.plan.in_order({*members, *(n for some in needs.values() for n in some)})
    found: list[Withdrawn] = []
    store = beside(work.store)
    what = with_gone(series.composition(store, targets, {}), series)
    finder = Finder(series, what, first_bases(work.store, series))
    for stage in around:
        fate = finder.fate(stage)
        if isinstance(fate, Reverted):
            holders = tuple(m for m in members if stage in needs[m])
            gone = series.landed(stage)
            found.append(Withdrawn(stage, fate.commit, fate.by, holders, gone))
    return tuple(found)


def _member(
    series: Series,
    stage: StageId,
    heads: Mapping[StageId, Head],
    pulls: Mapping[StageId, PullRequest],
    *,
    earlier_heads: Mapping[str, Known] | None,
    pull_heads: Mapping[int, Oid],
) -> MemberFacts:
    line, head = series.lock.stage(stage), heads.get(stage)
    published = line.published.head if line and line.published else None
    pull = pulls.get(stage)
    return MemberFacts(
        stage=stage,
        pull=pull,
        head=published,
        git_head=pull_heads.get(pull.number) if pull else None,
        unsubmitted=head is None or head.head != published,
        earlier=earlier_heads,
    )


def _pull_heads(work: Workspace, repository: str, pulls: Iterable[PullRequest]) -> dict[int, Oid]:
    """The heads of pull requests as git tells them, by number."""
    names = {f"refs/pull/{pull.number}/head": pull.number for pull in pulls}
    found = GitRemote(work.store, work.upstreams[repository]).refs(*names) if names else {}
    return {names[name]: oid for name, oid in found.items()}


def _upstream(series: Series, stage: StageId) -> str:
    return series.plan.repository(series.plan.stage(stage).repository).upstream


def _shown(
    series: Series, members: Sequence[StageId], pulls: Mapping[StageId, PullRequest]
) -> dict[StageId, Shown]:
    """The members' pull requests with the heads that they have now."""
    return {
        m: Shown(pulls[m], branch_of(series, m), Oid(pulls[m].head)) for m in members if m in pulls
    }


def _number(series: Series, stage: StageId) -> int | None:
    line = series.lock.stage(stage)
    return line.pull if line else None
