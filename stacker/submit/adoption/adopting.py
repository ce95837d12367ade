"""Which pull requests stages continue, and where the branches are that a stage is pushed to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stacker.errors import ForgeError, SeriesError
from stacker.forge.api import PullState
from stacker.git import transfer
from stacker.git.history import merge_base
from stacker.series.lock import Published
from stacker.series.plan.upstream import UpstreamKind, upstream_kind
from stacker.series.workspace import bring, fetch_tip
from stacker.submit.adoption.adopted import ANEW, Adopted
from stacker.submit.heads import stands_on

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from stacker.forge.api import PullRequest
    from stacker.git.objects import Oid
    from stacker.git.transfer import Told
    from stacker.series.loading import Series
    from stacker.series.lock import Lock, StageLock
    from stacker.series.plan.model import StageId
    from stacker.series.workspace import Workspace
    from stacker.submit.place import Place


@dataclass(frozen=True, slots=True)
class Theirs:
    """What submit has to do with besides its own: pull requests that stages continue, forks of
    others by `OWNER/NAME`, where branches there are, and the lock that knows of these."""

    adopted: Mapping[StageId, Adopted]
    forks: Mapping[str, Place]
    tips: Mapping[tuple[str, str], Oid]
    lock: Lock


def look(
    work: Workspace,
    series: Series,
    adopted: Mapping[StageId, Adopted],
    places: Mapping[str, Place],
    told: Told | None,
) -> Theirs:
    """Find where the branches are that stages are pushed to."""
    forks = _forks(series, adopted.values(), places)
    tips = _tips(work, adopted.values(), forks)
    return Theirs(adopted, forks, tips, _with_theirs(work, series, adopted.values(), places, told))


def adopted_by(
    series: Series,
    stages: Sequence[StageId],
    places: Mapping[str, Place],
    numbered: Mapping[str, Mapping[int, PullRequest]],
) -> dict[StageId, Adopted]:
    """By stage what it continues; `numbered` are the pull requests that were read, by repository.

    Raises an error where a stage cannot be pushed to the branch that the plan says.
    """
    found: dict[StageId, Adopted] = {}
    for one in map(series.plan.stage, stages):
        if one.adopts is not None:
            there = places[one.repository]
            pull = numbered[one.repository].get(one.adopts)
            key = None if one.pushes_to is None else _key(series, one.id, one.adopts, there, pull)
            found[one.id] = Adopted(one.id, one.adopts, pull, key)
    return found


def _key(
    series: Series, stage: StageId, number: int, place: Place, pull: PullRequest | None
) -> str:
    """Which place has the branch of `pull`: that of our own branches, or another fork."""
    if pull is None:
        raise ForgeError(
            f"{place.repository.upstream} shows no #{number}, to which {stage} is to be pushed",
            hint="Check the number; or your token may not see it.",
        )
    below = stands_on(series, stage)
    if below:
        raise SeriesError(
            f"{stage} stands on {', '.join(below)}, whose changes would go to #{number} as well",
            hint=f"Give it `needs = []`. Or else: {ANEW[0].lower()}{ANEW[1:]}",
        )
    fork = pull.head_repository
    if pull.state is PullState.MERGED or (fork or "").casefold() == place.fork.casefold():
        return place.repository.name
    if fork is None or upstream_kind(fork) is not UpstreamKind.FORGE:
        raise ForgeError(f"the fork that #{number} came from is gone", hint=ANEW)
    return fork


def _forks(
    series: Series, adopted: Iterable[Adopted], places: Mapping[str, Place]
) -> dict[str, Place]:
    return {
        one.place: places[series.plan.stage(one.stage).repository].at(one.place)
        for one in adopted
        if one.place is not None and one.place not in places
    }


def _tips(
    work: Workspace, adopted: Iterable[Adopted], forks: Mapping[str, Place]
) -> dict[tuple[str, str], Oid]:
    found: dict[tuple[str, str], Oid] = {}
    for one in adopted:
        if one.place is not None and one.place in forks and one.pull is not None:
            fork, ref = forks[one.place], f"refs/heads/{one.pull.head_branch}"
            refs = transfer.ask(fork.url, work.store.git.directory, fork.credential, ref).refs
            found |= {(one.place, ref): refs[ref]} if ref in refs else {}
    return found


def _with_theirs(
    work: Workspace,
    series: Series,
    adopted: Iterable[Adopted],
    places: Mapping[str, Place],
    told: Told | None,
) -> Lock:
    """The lock, in which a stage that is pushed to somebody's branch begins as published there, up
    to what was taken in."""
    lock = series.lock
    for one in adopted:
        line = lock.stage(one.stage)
        if line is None or one.pull is None:
            continue
        if one.place is None:
            lock = lock.updated(_own_again(line, one.pull, series.plan.name, places))
        elif line.published is None and one.pull.state is not PullState.MERGED:
            published = _taken_in(work, line, one.pull, told)
            lock = lock.updated(line._replace(pull=one.number, published=published))
        elif line.published is not None and line.published.branch != one.pull.head_branch:
            raise SeriesError(
                f"{one.stage} is on {line.published.branch} already, which is not #{one.number}'s",
                hint=f'`adopts_by = "push"` is for a stage that was never submitted. {ANEW}',
            )
        else:
            lock = lock.updated(line._replace(pull=one.number))
    return lock


def _own_again(
    line: StageLock, pull: PullRequest, series: str, places: Mapping[str, Place]
) -> StageLock:
    """A stage that was pushed to their branch before goes on from there in a branch of ours."""
    theirs = (pull.head_owner or "").casefold() != places[line.repository].owner.casefold()
    if line.published is None or line.pull != pull.number or not theirs:
        return line
    published = line.published._replace(branch=f"{series}/{line.stage}")
    return line._replace(pull=None, published=published)


def _taken_in(work: Workspace, line: StageLock, pull: PullRequest, told: Told | None) -> Published:
    """Their head as far as the stage has it, as if it had been published, in no version yet; what
    came on top of it since is then told as any push of somebody else."""
    if line.adopted is None:
        raise SeriesError(
            f"it is not known which commits of #{pull.number} are in {line.stage}",
            hint=f"`stacker import '#{pull.number}' --stage {line.stage}`, while that has no "
            f"patches, remembers it. Or else: {ANEW[0].lower()}{ANEW[1:]}",
        )
    upstream = work.upstreams[line.repository]
    trunk = fetch_tip(work.store, upstream, told)
    if work.store.find(line.adopted) is None:
        bring(work.store, upstream, line.adopted, told)
    base = merge_base(work.store, line.adopted, trunk)
    if base is None:
        raise SeriesError(f"#{pull.number} has no history in common with {upstream.name}")
    return Published(line.adopted, base, 0, pull.head_branch)
