"""The candidate: the clean chain of all members on the live tip, rebuilt by the engine."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from stacker.git.credits import in_utf8
from stacker.git.history import first_parents
from stacker.rebase.attempt import Attempt
from stacker.rebase.flow import dry_run
from stacker.series.compose import Composer, Halted
from stacker.series.plan.choices import LandingShape
from stacker.verify.stage_tree import StageTree

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from stacker.git.objects import Oid
    from stacker.git.store import ObjectStore
    from stacker.series.loading import Series
    from stacker.series.plan.model import StageId
    from stacker.series.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Segment:
    """One member's part of the candidate, ending in `tip`."""

    stage: StageId
    tip: Oid
    tree: Oid


@dataclass(frozen=True, slots=True)
class Candidate:
    """What is to be the branch's new tip: the members' segments, one on the other, on `base`.

    `commits` is how many the branch's first-parent line gets.
    """

    base: Oid
    commit: Oid
    tree: Oid
    segments: tuple[Segment, ...]
    commits: int = 0


@dataclass(frozen=True, slots=True)
class Stale:
    """A member no longer goes on the live tip."""

    stage: StageId
    why: str


@dataclass(frozen=True, slots=True)
class OnTips:
    """The whole series put on the live tips: the chains, and what has landed there."""

    targets: Mapping[str, Oid]
    landed: Mapping[StageId, Oid]
    composer: Composer


def on_tips(work: Workspace, series: Series, targets: Mapping[str, Oid]) -> OnTips:
    """Put the series on `targets`, in the store alone."""
    _, landed, what = dry_run(work, series, Attempt(dict(targets), {}))
    return OnTips(targets, landed, Composer(what))


def compose(
    store: ObjectStore, tips: OnTips, repository: str, members: Sequence[StageId]
) -> Candidate | Stale:
    """The chain of `members`, all of whose needs have landed."""
    base = tips.targets[repository]
    segments: list[Segment] = []
    for count in range(1, len(members) + 1):
        tip = tips.composer.tip(repository, members[:count])
        if isinstance(tip, Halted):
            return Stale(members[count - 1], f"{tip.of}/{tip.file} conflicts with {base[:10]}")
        segments.append(Segment(members[count - 1], tip, store.commit(tip).tree))
    last = segments[-1]
    return Candidate(base, last.tip, last.tree, tuple(segments))


def finished(
    store: ObjectStore,
    candidate: Candidate,
    shape: LandingShape,
    *,
    over: Callable[[Sequence[str]], str],
    end: Callable[[int], Sequence[str]],
) -> Candidate:
    """The candidate whose newest commit says which landing made it: recovery reads it there.

    `end` gives the trailers, told how many commits the branch's first-parent line gets. As a merge
    it is one commit over the chain, whose message `over` makes with the trailers.
    """
    if shape is LandingShape.MERGE:
        count = 1
        last = in_utf8(store.commit(candidate.commit))._replace(
            parents=(candidate.base, candidate.commit), encoding=None,
            message=over(end(count)).encode(),
        )  # fmt: skip
        return replace(candidate, commit=store.write_commit(last), commits=count)
    count = len(first_parents(store, candidate.base, candidate.commit))
    commit = in_utf8(store.commit(candidate.commit))
    marked = store.write_commit(commit._replace(message=_ending(commit.message, end(count))))
    segment = replace(candidate.segments[-1], tip=marked)
    return replace(
        candidate, commit=marked, commits=count, segments=(*candidate.segments[:-1], segment)
    )


def _ending(message: bytes, trailers: Sequence[str]) -> bytes:
    return message.rstrip(b"\n") + b"\n\n" + "\n".join(trailers).encode() + b"\n"


def stage_trees(
    candidate: Candidate, repository: str, targets: Mapping[str, Oid]
) -> tuple[dict[StageId, StageTree], dict[StageId, dict[str, str]]]:
    """The candidate's segments as `verify` takes them: their trees, and what is beside."""
    beside = {name: str(oid) for name, oid in targets.items() if name != repository}
    trees = {
        s.stage: StageTree(s.stage, repository, candidate.base, s.tip, s.tree)
        for s in candidate.segments
    }
    return trees, dict.fromkeys(trees, beside)
