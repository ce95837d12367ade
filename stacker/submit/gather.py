"""Everything that a submit decides by, read once: branches, pull requests, what a kill left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stacker.errors import ForgeError, GitError
from stacker.forge.api import PullState
from stacker.git import transfer
from stacker.series.plan.choices import Landing
from stacker.series.plan.model import StageId
from stacker.series.plan.upstream import UpstreamKind
from stacker.submit import intents
from stacker.submit.adoption.adopted import elsewhere_of
from stacker.submit.adoption.adopting import adopted_by, look
from stacker.submit.adoption.since_adopted import with_news
from stacker.submit.left_over import branches_left, left_over
from stacker.submit.pulls import branch_of, numbered, pulls_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    from stacker.forge.api import PullRequest
    from stacker.git.objects import Oid
    from stacker.git.transfer import Told
    from stacker.series.loading import Series
    from stacker.series.lock import Lock
    from stacker.series.plan.model import Plan
    from stacker.series.workspace import Workspace
    from stacker.submit.adoption.adopted import Adopted
    from stacker.submit.left_over import LeftOver
    from stacker.submit.place import Place, PullForge


@dataclass(frozen=True, slots=True)
class Facts:
    """What the forge has: branch tips by (place, full ref), pull requests by stage, those of stages
    that the plan no longer has, and those that stages continue. `beside` are those of published
    stages that are not asked for, by repository: where a branch may be the base of another's.

    A place is a repository, by its name in the plan, or somebody's fork, by `OWNER/NAME`;
    `forkless` are those whose fork is not there.
    """

    tips: Mapping[tuple[str, str], Oid]
    pulls: Mapping[StageId, PullRequest]
    places: Mapping[str, Place]
    left: tuple[LeftOver, ...]
    adopted: Mapping[StageId, Adopted]
    forkless: tuple[Place, ...]
    beside: Mapping[str, Mapping[StageId, PullRequest]]

    def unmerged(self, stages: Sequence[StageId]) -> tuple[StageId, ...]:
        """Those that are to be published: what the forge merged needs no head any more."""
        found = ((s, self.pulls.get(s)) for s in stages)
        return tuple(s for s, p in found if p is None or p.state is not PullState.MERGED)

    def left_pulls(self) -> dict[StageId, PullRequest]:
        """The pull requests of stages that the plan no longer has."""
        return {one.stage: one.pull for one in self.left}

    def read(self) -> list[PullRequest]:
        """All that was read of pull requests with a stage, the stages' own last."""
        theirs = (one.pull for one in self.adopted.values() if one.pull is not None)
        beside = (pull for each in self.beside.values() for pull in each.values())
        return [*theirs, *beside, *self.pulls.values()]

    @property
    def elsewhere(self) -> dict[StageId, str]:
        """The places of stages that are pushed to somebody's branch."""
        return elsewhere_of(self.adopted)


def publishable(
    series: Series, wanted: Sequence[StageId]
) -> tuple[tuple[StageId, ...], tuple[str, ...]]:
    """The stages among `wanted` that get a pull request, and why the others do not."""
    found: list[StageId] = []
    notes: list[str] = []
    for stage in wanted:
        line = series.lock.stage(stage)
        repository = series.plan.repository(series.plan.stage(stage).repository)
        if series.landed(stage) or (line is not None and line.landing is not None):
            continue
        if line is None or not series.patches.get(stage):
            notes.append(f"{stage} has no patches yet")
        elif repository.landing is Landing.HAND_OFF:
            continue  # it gets a package
        elif repository.kind is not UpstreamKind.FORGE:
            notes.append(f"{stage}: {repository.upstream} is on no forge")
        else:
            found.append(stage)
    return tuple(found), tuple(notes)


def gather(
    work: Workspace,
    series: Series,
    stages: Sequence[StageId],
    *,
    places: Mapping[str, Place],
    forge: PullForge,
    told: Told | None,
) -> tuple[Facts, Series]:
    """Read the forge; the series comes back with what an unfinished submit had pushed."""
    tips: dict[tuple[str, str], Oid] = {}
    forkless: list[Place] = []
    for name, place in places.items():
        refs = _branches(place, work.store.git.directory, forge)
        forkless += [place] if refs is None else []
        tips |= {(name, ref): oid for ref, oid in (refs or {}).items()}
    unasked = _unasked(series, stages, [name for name, place in places.items() if place.own])
    asked = (*stages, *unasked)
    read = {name: numbered(series, asked, place, forge) for name, place in places.items()}
    theirs = look(work, series, adopted_by(series, stages, places, read), places, told)
    tips |= theirs.tips
    every, elsewhere = {**places, **theirs.forks}, elsewhere_of(theirs.adopted)
    series = series._replace(lock=_adopt(theirs.lock, series.plan, tips, elsewhere, work))
    chains = {s for stage in stages for s in series.chain(stage)}
    _fetch_heads(work, series, chains, places=every, tips=tips, elsewhere=elsewhere, told=told)
    left = tuple(one for p in places.values() for one in _left(series, p, tips, forge))
    pulls = pulls_of(series, stages, places, forge, read=read, elsewhere=elsewhere)
    beside = {
        name: pulls_of(series, unasked, {name: place}, forge, read=read, elsewhere=())
        for name, place in places.items()
    }
    adopted = with_news(work, series.lock, theirs.adopted, places, told)
    return Facts(tips, pulls, every, left, adopted, tuple(forkless), beside), series


def _unasked(
    series: Series, stages: Sequence[StageId], repositories: Collection[str]
) -> tuple[StageId, ...]:
    """The published stages of these repositories that are not among `stages`."""
    lines = {line.stage: line for line in series.lock.stages if line.published is not None}
    return tuple(
        one.id
        for one in series.plan.stages
        if one.repository in repositories
        and one.id in lines
        and one.id not in stages
        and lines[one.id].landing is None
        and one.pushes_to is None
    )


def _branches(place: Place, here: Path, forge: PullForge) -> Mapping[str, Oid] | None:
    """What the repository that branches go to has; `None` when it is a fork that is not there.

    The forge is asked only if git cannot read it.
    """
    try:
        return transfer.ask(place.url, here, place.credential).refs
    except GitError:
        if place.own or forge.repository(place.fork) is not None:
            raise
        return None


def _adopt(
    lock: Lock,
    plan: Plan,
    tips: Mapping[tuple[str, str], Oid],
    elsewhere: Mapping[StageId, str],
    work: Workspace,
) -> Lock:
    """The lock with heads that a killed submit did push."""
    for (repository, stage), published in intents.read(work.directory.state).items():
        line = lock.stage(stage)
        place = elsewhere.get(StageId(stage), repository)
        there = tips.get((place, f"refs/heads/{published.branch}"))
        if line is not None and stage in plan.order and there == published.head:
            lock = lock.updated(line._replace(published=published))
    return lock


def _fetch_heads(
    work: Workspace,
    series: Series,
    stages: Collection[StageId],
    *,
    places: Mapping[str, Place],
    tips: Mapping[tuple[str, str], Oid],
    elsewhere: Mapping[StageId, str],
    told: Told | None,
) -> None:
    """Bring published heads that this store lacks (a fresh clone); what somebody pushed on top
    of one brings it too."""
    for name, place in places.items():
        wanted = []
        missing = [
            (line.stage, line.published)
            for line in series.lock.stages
            if elsewhere.get(line.stage, line.repository) == name
            and line.stage in stages
            and line.published is not None
            and work.store.find(line.published.head) is None
        ]
        for stage, published in missing:
            ref = f"refs/heads/{published.branch}"
            if (name, ref) in tips:
                own = f"refs/stacker/published/{place.repository.name}/{stage}"
                wanted.append(f"+{ref}:{own}")
        if wanted:
            transfer.fetch(
                work.store.git, place.url, wanted, credential=place.credential, told=told
            )
        for stage, published in missing:
            if work.store.find(published.head) is None:
                raise ForgeError(
                    f"{place.fork} has no {published.head[:10]} in {published.branch} any more, "
                    f"where {stage} was published, and this clone lacks it too",
                    hint="Run this where it was published, or take the stage's `head` out of "
                    "series.lock to publish it anew.",
                )


def _left(
    series: Series, place: Place, tips: Mapping[tuple[str, str], Oid], forge: PullForge
) -> tuple[LeftOver, ...]:
    """The forge is asked only if there are branches of the series without a stage."""
    name, plan = place.repository.name, series.plan
    known = {branch_of(series, stage) for stage in plan.order}
    branches = branches_left(plan, name, tips, known)
    heads = [f"{place.owner}:{branch}" for branch in branches if not branch.endswith(".below")]
    there = forge.pulls(place.repository.upstream, heads=heads) if heads else ()
    return left_over(plan, name, there)
