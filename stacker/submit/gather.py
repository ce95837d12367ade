"""Everything that a submit decides by, read once: branches, pull requests, what a kill left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from stacker.errors import ForgeError
from stacker.forge.api import PullState
from stacker.git import transfer
from stacker.series.plan.model import Landing
from stacker.series.plan.upstream import UpstreamKind
from stacker.submit import intents
from stacker.submit.body import is_ours
from stacker.submit.left_over import branches_left, left_over

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from stacker.forge.api import Comment, PullRequest, RepositoryFacts
    from stacker.git.objects import Oid
    from stacker.git.process import Credential
    from stacker.git.transfer import Told
    from stacker.series.loading import Series
    from stacker.series.lock import Lock
    from stacker.series.plan.model import Plan, Repository, StageId
    from stacker.series.workspace import Workspace
    from stacker.submit.left_over import LeftOver


class PullForge(Protocol):
    """What a submit asks of a forge."""

    def repository(self, name: str) -> RepositoryFacts | None:
        """What the forge says of a repository."""
        ...

    def pulls(
        self, repository: str, numbers: Sequence[int] = (), heads: Sequence[str] = ()
    ) -> tuple[PullRequest, ...]:
        """Pull requests by number and by head."""
        ...

    def open_pull(
        self, repository: str, *, head: str, base: str, title: str, body: str, draft: bool
    ) -> PullRequest:
        """Open one and read it back."""
        ...

    def edit_pull(
        self,
        repository: str,
        number: int,
        *,
        title: str | None = None,
        body: str | None = None,
        base: str | None = None,
        state: PullState | None = None,
    ) -> None:
        """Change the given fields."""
        ...

    def set_draft(self, pull: PullRequest, draft: bool) -> None:
        """Make it a draft, or ready."""
        ...

    def comment(self, repository: str, number: int, body: str) -> Comment:
        """Add a comment."""
        ...

    def edit_comment(self, repository: str, comment_id: int, body: str) -> None:
        """Replace the text of one."""
        ...


@dataclass(frozen=True, slots=True)
class Place:
    """A repository's fork (or itself), where branches go, and how git reaches it."""

    repository: Repository
    fork: str
    url: str
    trunk: str
    credential: Credential | None

    @property
    def owner(self) -> str:
        """The account whose branches they are."""
        return self.fork.partition("/")[0]


@dataclass(frozen=True, slots=True)
class Facts:
    """What the forge has: branch tips by (repository, full ref), pull requests by stage, and those
    of stages that the plan no longer has."""

    tips: Mapping[tuple[str, str], Oid]
    pulls: Mapping[StageId, PullRequest]
    left: tuple[LeftOver, ...] = ()


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
    for name, place in places.items():
        refs = transfer.ask(place.url, work.store.git.directory, place.credential).refs
        tips |= {(name, ref): oid for ref, oid in refs.items()}
    series = series._replace(lock=_adopt(series.lock, series.plan, tips, work))
    chains = {s for stage in stages for s in series.chain(stage)}
    _fetch_heads(work, series, chains, places=places, tips=tips, told=told)
    left = tuple(one for p in places.values() for one in _left(series, p, tips, forge))
    return Facts(tips, _pulls(series, stages, places, forge), left), series


def branch_of(series: Series, stage: StageId) -> str:
    """The branch of a stage: the one it was published on, else the series' name and its id."""
    line = series.lock.stage(stage)
    if line is not None and line.published is not None:
        return line.published.branch
    return f"{series.plan.name}/{stage}"


def _adopt(lock: Lock, plan: Plan, tips: Mapping[tuple[str, str], Oid], work: Workspace) -> Lock:
    """The lock with heads that a killed submit did push."""
    for (repository, stage), published in intents.read(work.directory.state).items():
        line = lock.stage(stage)
        there = tips.get((repository, f"refs/heads/{published.branch}"))
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
    told: Told | None,
) -> None:
    """Bring published heads that this store lacks (a fresh clone); what somebody pushed on top
    of one brings it too."""
    for name, place in places.items():
        wanted = []
        missing = [
            (line.stage, line.published)
            for line in series.lock.stages
            if line.repository == name
            and line.stage in stages
            and line.published is not None
            and work.store.find(line.published.head) is None
        ]
        for stage, published in missing:
            ref = f"refs/heads/{published.branch}"
            if (name, ref) in tips:
                wanted.append(f"+{ref}:refs/stacker/published/{name}/{stage}")
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


def _pulls(
    series: Series,
    stages: Sequence[StageId],
    places: Mapping[str, Place],
    forge: PullForge,
) -> dict[StageId, PullRequest]:
    found: dict[StageId, PullRequest] = {}
    for name, place in places.items():
        upstream = place.repository.upstream
        here = [s for s in stages if series.plan.stage(s).repository == name]
        lines = {s: series.lock.stage(s) for s in here}
        numbers = {line.pull: s for s, line in lines.items() if line is not None and line.pull}
        for pull in forge.pulls(upstream, list(numbers)) if numbers else ():
            # A number from another forge (a rehearsal) is somebody else's pull request here.
            stage = numbers[pull.number]
            ours = (pull.head_owner or place.owner).casefold() == place.owner.casefold()
            if ours and pull.head_branch == branch_of(series, stage):
                found[stage] = pull
        heads = {branch_of(series, s): s for s in here if s not in found}
        asked = [f"{place.owner}:{branch}" for branch in heads]
        for pull in forge.pulls(upstream, heads=asked) if asked else ():
            stage = heads[pull.head_branch]
            # One that was closed before this series had the branch says nothing about the stage.
            ours = pull.state is PullState.OPEN or is_ours(pull.body, series.plan.name)
            if ours and _better(pull, found.get(stage)):
                found[stage] = pull
    return found


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


def _better(pull: PullRequest, other: PullRequest | None) -> bool:
    """Of several pull requests of one branch: the open one, else the newest."""
    if other is None:
        return True
    return _rank(pull) > _rank(other)


def _rank(pull: PullRequest) -> tuple[bool, int]:
    return pull.state is PullState.OPEN, pull.number
