"""Which stages two locks have in common, and what became of each. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from stacker.log.value import Clash, Fits, How, Missing, Pair, StageChange

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stacker.log.value import Replayed
    from stacker.series.lock import Lock, StageLock
    from stacker.series.plan.model import StageId

UPSTREAM = "upstream"


def pairs(old: Lock, new: Lock, renamed: Mapping[str, StageId]) -> tuple[Pair, ...]:
    """The stages of both: those of `new` in its order, then those that are gone.

    `renamed` has new ids by old ones, as the plan says; a stage with the very commits of one that
    is gone is that one.
    """
    former = {to: old.stage(before) for before, to in renamed.items()}
    gone = {line.commit: line for line in old.stages if new.stage(line.stage) is None}
    found: list[Pair] = []
    for line in new.stages:
        before = old.stage(line.stage) or former.get(line.stage)
        before = before or (gone.get(line.commit) if line.trees else None)
        found.append(Pair(before, line))
    paired = {pair.old.stage for pair in found if pair.old is not None}
    return (*found, *(Pair(line, None) for line in old.stages if line.stage not in paired))


def needs_replay(pair: Pair) -> bool:
    """Whether only a replay tells if people changed the stage."""
    return _plain(pair) is None


def changes(
    old: Lock, new: Lock, known: Sequence[Pair], replayed: Mapping[StageId, Replayed]
) -> tuple[StageChange, ...]:
    """What became of each pair; `replayed` has those that need a replay."""
    hows = {pair.stage: _plain(pair) or _by_replay(replayed[pair.stage]) for pair in known}
    old_chains, new_chains = old.chains(), new.chains()
    found: list[StageChange] = []
    for pair in known:
        how, line = hows[pair.stage], pair.new or pair.old
        assert line is not None
        moved_by: tuple[str, ...] = ()
        if how is How.MOVED:
            below = (*old_chains.get(line.stage, ())[:-1], *new_chains.get(line.stage, ())[:-1])
            moved = old.bases.get(line.repository) != new.bases.get(line.repository)
            moved_by = (*((UPSTREAM,) if moved else ()), *_movers(below, hows))
        was = pair.old.stage if pair.old and pair.old.stage != pair.stage else None
        landing = line.landing if how is How.LANDED else None
        found.append(StageChange(pair.stage, how, moved_by, was, landing))
    return tuple(found)


def _movers(below: Sequence[StageId], hows: Mapping[StageId, How]) -> tuple[StageId, ...]:
    moving = (How.NEW, How.CHANGED, How.DROPPED)
    return tuple(s for s in dict.fromkeys(below) if hows.get(s) in moving)


def _plain(pair: Pair) -> How | None:
    """What became of the stage, where the locks alone tell."""
    match pair:
        case Pair(old=None):
            return How.NEW
        case Pair(new=None):
            return How.DROPPED
        case Pair(old=old, new=new):
            assert old is not None
            assert new is not None
            return _landing(old, new) or _same(old, new)


def _landing(old: StageLock, new: StageLock) -> How | None:
    if new.landing != old.landing or new.landed != old.landed:
        return How.LANDED if new.landing is not None else How.BACK
    return How.SAME if new.landed else None


def _same(old: StageLock, new: StageLock) -> How | None:
    if old.commit != new.commit or len(old.trees) != len(new.trees):
        return None
    return How.SAME if old.stage == new.stage else How.RENAMED


def _by_replay(replayed: Replayed) -> How:
    match replayed:
        case Fits(same=True):
            return How.MOVED
        case Fits() | Clash():
            return How.CHANGED
        case Missing():
            return How.UNKNOWN
        case never:
            assert_never(never)
