"""Stages of old versions, replayed where they stand in newer ones: did people change them?"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from stacker.git.pick import Pick, Picked, Stopped
from stacker.git.replay.engine import replay
from stacker.log.value import Clash, Fits, Missing
from stacker.series.walking import walk_back

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from stacker.git.objects import Oid
    from stacker.git.pick import PickOutcome
    from stacker.git.store import ObjectStore
    from stacker.log.value import Pair, Replayed
    from stacker.series.lock import StageLock
    from stacker.series.plan.model import StageId


class Layer(NamedTuple):
    """A stage as a version has it: its commits, oldest first, on `below`."""

    below: Oid
    commits: tuple[Oid, ...]

    @property
    def tip(self) -> Oid:
        """Its last commit."""
        return self.commits[-1] if self.commits else self.below


class Layers(NamedTuple):
    """A stage in two versions; `None` where the store lacks its commits."""

    old: Layer | None
    new: Layer | None


def layers(store: ObjectStore, pairs: Iterable[Pair]) -> dict[StageId, Layers]:
    """The commits of each pair that has both sides."""
    known = [(p.stage, p.old, p.new) for p in pairs if p.old is not None and p.new is not None]
    before = _walked(store, [old for _, old, _ in known])
    after = _walked(store, [new for _, _, new in known])
    return {stage: Layers(before.get(old.stage), after.get(new.stage)) for stage, old, new in known}


def replayed(store: ObjectStore, asked: Sequence[Layers]) -> list[Replayed]:
    """Each old layer put on what the new one stands on, all at once."""
    picks: list[Pick] = []
    numbers: list[range] = []
    for one in asked:
        first = len(picks)
        if one.old is not None and one.new is not None:
            for n, commit in enumerate(one.old.commits):
                picks.append(Pick(commit, len(picks) - 1 if n else one.new.below))
        numbers.append(range(first, len(picks)))
    outcomes = replay(store, picks)
    return [
        _judged(store, one, [outcomes[n] for n in mine])
        for one, mine in zip(asked, numbers, strict=True)
    ]


def _judged(store: ObjectStore, one: Layers, outcomes: Sequence[PickOutcome | None]) -> Replayed:
    if one.new is None or one.old is None:
        return Missing()
    made: list[Oid] = []
    for outcome in outcomes:
        if isinstance(outcome, Stopped):
            paths = tuple(conflict.path for conflict in outcome.conflict.conflicts)
            return Clash(store.commit(outcome.old).subject, paths)
        if isinstance(outcome, Picked):
            made.append(outcome.commit)
    tip = made[-1] if made else one.new.below
    same = _content(store, made) == _content(store, one.new.commits)
    return Fits(store.commit(tip).tree, same)


def _content(store: ObjectStore, commits: Sequence[Oid]) -> list[tuple[object, ...]]:
    read = store.commits(commits)
    return [(c.tree, c.author, c.message, c.encoding) for c in (read[oid] for oid in commits)]


def _walked(store: ObjectStore, lines: Sequence[StageLock]) -> dict[StageId, Layer]:
    found = walk_back(store, lines)
    return {stage: Layer(commits[-1], tuple(commits[-2::-1])) for stage, commits in found.items()}
