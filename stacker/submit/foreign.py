"""Branches of ours that somebody else moved: a maintainer's fix, an applied suggestion, a merge."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stacker.forge.answers import printable
from stacker.git import transfer
from stacker.git.history import commits_between, is_ancestor
from stacker.series.workspace import known_tip

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stacker.git.objects import Oid
    from stacker.git.store import ObjectStore
    from stacker.git.transfer import Told
    from stacker.series.lock import Lock
    from stacker.series.plan.model import StageId
    from stacker.series.workspace import Workspace
    from stacker.submit.heads import Head
    from stacker.submit.place import Place


@dataclass(frozen=True, slots=True)
class Moved:
    """A branch that is neither as we left it (`old`) nor as we want it, but at `there`.

    `below` says that it is the stage's below-branch. Without an `old` it was there before us.
    `place` is the key of where it is.
    """

    stage: StageId
    place: str
    fork: str
    branch: str
    old: Oid | None
    there: Oid
    below: bool = False

    def __str__(self) -> str:
        """What is known of it without fetching it."""
        what = f"{self.where}, which stacker did not push"
        if self.below:
            return f"{what}; it holds no work: once it is deleted, `submit` makes it anew"
        return what if self.old is None else f"{what}; {_take_in(self.stage)}"

    @property
    def where(self) -> str:
        """The branch, and where it is."""
        return f"{self.fork} {self.branch} is at {self.there[:10]}"


def moved_by_others(
    heads: Sequence[Head], places: Mapping[str, Place], tips: Mapping[tuple[str, str], Oid]
) -> tuple[Moved, ...]:
    """The branches of these heads that somebody else moved. Pure."""
    found = []
    for head in heads:
        known = [(head.branch, head.old, head.head, False)]
        if head.below is not None:
            known.append((head.below_branch, head.below_old, head.below, True))
        for branch, old, wanted, below in known:
            there = tips.get((head.place, f"refs/heads/{branch}"))
            if there is not None and there not in (old, wanted):
                fork = places[head.place].fork
                found.append(Moved(head.stage, head.place, fork, branch, old, there, below))
    return tuple(found)


def told_of(
    work: Workspace, lock: Lock, moved: Moved, place: Place, told: Told | None = None
) -> str:
    """Who pushed what to the branch, and what can be done; the branch is fetched to know it."""
    if moved.below or moved.old is None:
        return str(moved)
    fetch_branch(work, place, moved.stage, moved.branch, told)
    theirs = commits_of_others(work.store, moved.old, moved.there, known_commits(work, lock, place))
    if theirs is None:
        what = f"{moved.where}, without what stacker pushed there: somebody force-pushed"
        return f"{what}; `stacker edit {moved.stage} --from-pull` tells the ways out"
    said = by_whom(work.store, theirs) or "a merge"
    return f"{moved.where}: {said}; {_take_in(moved.stage)}"


def by_whom(store: ObjectStore, commits: Sequence[Oid]) -> str:
    """`'Fix it' by Zed`, or how many commits by whom."""
    found = [store.commit(oid) for oid in commits]
    names = dict.fromkeys(printable(one.author.name.decode("utf-8", "replace")) for one in found)
    if len(found) == 1:
        return f"{printable(found[0].subject)!r} by {', '.join(names)}"
    return f"{len(found)} commits by {', '.join(names)}" if found else ""


def fetch_branch(
    work: Workspace, place: Place, stage: StageId, branch: str, told: Told | None = None
) -> None:
    """Bring what a branch of ours has now."""
    ref = f"refs/stacker/published/{place.repository.name}/{stage}"
    spec = f"+refs/heads/{branch}:{ref}"
    transfer.fetch(work.store.git, place.url, [spec], credential=place.credential, told=told)


def known_commits(work: Workspace, lock: Lock, place: Place) -> tuple[Oid, ...]:
    """What a branch may contain without anybody having changed a stage: upstream as of the last
    fetch, and every head that we published there."""
    name = place.repository.name
    tip = known_tip(work.store, work.upstreams[name])
    found = [tip] if tip else []
    for line in lock.stages:
        if line.repository == name and line.published is not None:
            found += [line.published.head, *filter(None, [line.published.below])]
    return tuple(oid for oid in found if work.store.find(oid) is not None)


def commits_of_others(
    store: ObjectStore, old: Oid, there: Oid, known: Sequence[Oid]
) -> tuple[Oid, ...] | None:
    """Their commits on top of `old`, parents first; `None` where `there` does not contain it."""
    if store.find(old) is None or not is_ancestor(store, old, there):
        return None
    return commits_between(store, old, there, known=known)


def _take_in(stage: StageId) -> str:
    return f"`stacker edit {stage} --from-pull` takes it in"
