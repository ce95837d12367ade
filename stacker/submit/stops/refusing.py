"""Which actions of a submit a forge would refuse, or take for a merge. Pure.

A pull request whose head is in its base, be it for a moment, is called merged or closed, and
that is for good: so such a plan is stopped whole, before anything of it is done.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from stacker.git.objects import Oid
    from stacker.series.plan.model import StageId
    from stacker.submit.actions import Wanted
    from stacker.submit.stops.simulated import Moment


class StopKind(StrEnum):
    """What stands in the way."""

    CONTAINED = "contained"  # the base would have all of the head
    EQUAL = "equal"  # head and base would be one commit
    IDENTICAL = "identical"  # head and base would have the same files
    SAME_BRANCH = "same-branch"  # head and base, or the heads of two stages
    SAME_HEAD = "same-head"  # two stages are one commit


@dataclass(frozen=True, slots=True)
class Stop:
    """What stops a submit before it begins, and what to do next. `number` is 0 for a stage
    without a pull request."""

    stage: StageId
    number: int
    kind: StopKind
    why: str
    way_out: str


@dataclass(frozen=True, slots=True)
class History:
    """What git says of the commits of all moments: the pairs (head, tip) where the tip has the
    head, and the tree of each commit."""

    contained: Collection[tuple[Oid, Oid]]
    trees: Mapping[Oid, Oid]


def stops(
    wanted: Sequence[Wanted],
    moments: Sequence[Moment],
    history: History,
    own: Collection[str],
    beside: Collection[StageId] = (),
) -> tuple[Stop, ...]:
    """The first thing that is wrong with each stage, in order; `own` are the repositories whose
    branches are upstream's own, `beside` the stages that this submit leaves as they are."""
    met = _met(wanted, moments, history, beside)
    found = [*_branches(wanted, own), *_twins(wanted, moments), *met]
    first: dict[StageId, Stop] = {}
    for stop in found:
        first.setdefault(stop.stage, stop)
    order = [one.stage for one in wanted]
    ranks = {stage: order.index(stage) if stage in order else len(order) for stage in first}
    return tuple(sorted(first.values(), key=lambda stop: ranks[stop.stage]))


def _branches(wanted: Sequence[Wanted], own: Collection[str]) -> Iterator[Stop]:
    taken: dict[tuple[str, str], StageId] = {}
    for one in wanted:
        head = one.head
        names: dict[str, tuple[str, ...]] = {head.branch: (one.base, one.trunk)}
        names |= {head.below_branch: (one.trunk,)} if head.below is not None else {}
        for name, bases in names.items():
            other = taken.setdefault((one.repository, name), one.stage)
            if other != one.stage:
                why = f"its branch {name} is that of {other}, too"
            elif one.repository in own and name in bases:
                why = f"its branch {name} would be its base, too"
            else:
                continue
            way_out = "give the stage another id, or the series another name, in series.toml"
            yield Stop(one.stage, 0, StopKind.SAME_BRANCH, why, way_out)


def _twins(wanted: Sequence[Wanted], moments: Sequence[Moment]) -> Iterator[Stop]:
    touched = {moment.stage for moment in moments}
    seen: dict[tuple[str, Oid], StageId] = {}
    for one in wanted:
        other = seen.setdefault((one.repository, one.head.head), one.stage)
        if other != one.stage and touched & {other, one.stage}:
            why = f"it is the very same commit as {other}"
            way_out = "take one of them out of series.toml"
            yield Stop(one.stage, 0, StopKind.SAME_HEAD, why, way_out)


def _met(
    wanted: Sequence[Wanted],
    moments: Sequence[Moment],
    history: History,
    beside: Collection[StageId],
) -> Iterator[Stop]:
    heads = {one.stage: one.head for one in wanted}
    trunks = {one.repository: one.trunk for one in wanted}
    trees = history.trees
    for moment in moments:
        kind, head = _kind(moment, history), heads.get(moment.stage)
        if kind is not None:
            stop = _stop(moment, kind, trunks[moment.repository])
            together = f"`stacker submit` without a stage moves all of them; or {stop.way_out}"
            yield replace(stop, way_out=together) if moment.stage in beside else stop
        elif head and moment.head == head.head and trees[head.head] == trees[head.stands_on]:
            why = "it changes nothing of what it stands on"
            way_out = f"`stacker edit {moment.stage}` changes it; or take it out of series.toml"
            yield Stop(moment.stage, moment.number, StopKind.IDENTICAL, why, way_out)


def _kind(moment: Moment, history: History) -> StopKind | None:
    if moment.head == moment.tip:
        return StopKind.EQUAL
    if (moment.head, moment.tip) in history.contained:
        return StopKind.CONTAINED
    same = history.trees[moment.head] == history.trees[moment.tip]
    # An old head may have the files of its next base for a while: it is about to be another one.
    return StopKind.IDENTICAL if same and moment.doing != "retarget" else None


def _stop(moment: Moment, kind: StopKind, trunk: str) -> Stop:
    what = "has the very files of it" if kind is StopKind.IDENTICAL else "has all of it"
    if not moment.number:
        then = "the forge opens no such pull request"
    elif kind is StopKind.IDENTICAL:
        then = f"nothing would be left to review in #{moment.number}"
    else:
        then = f"the forge would call #{moment.number} merged or closed, for good"
    if moment.base == trunk:
        why, way_out = f"upstream's {trunk} {what}: {then}", "`stacker rebase` takes that in"
    else:
        when = "once all is pushed, " if moment.doing == "push" else ""
        why = f"{when}its base {moment.base} {what}: {then}"
        way_out = f"give it the base {trunk} on the forge, then run this again"
    return Stop(moment.stage, moment.number, kind, why, way_out)
