"""What a rebase did, or would do: one value for each stage. Pure."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, assert_never

from stacker.series.compose import Halted, Solved, Standing, Waiting
from stacker.series.resolutions.remembered import Resolutions

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from stacker.forecast.culprit import Culprit
    from stacker.git.merge import Conflict
    from stacker.git.objects import Oid
    from stacker.git.store import ObjectStore
    from stacker.landed.returning import Lost
    from stacker.series.compose import Outcome
    from stacker.series.loading import Series
    from stacker.series.plan.model import StageId


class Status(StrEnum):
    """What became of a stage."""

    REBASED = "rebased"
    UNCHANGED = "unchanged"
    LANDED = "landed"
    DROPPED = "dropped"
    CONFLICT = "conflict"
    BLOCKED = "blocked"


class StageConflict(NamedTuple):
    """One conflicted path of patch `file` of stage `of`, and the upstream commit that made it."""

    of: StageId
    file: str
    conflict: Conflict
    culprit: Culprit | None


class StageResult(NamedTuple):
    """One stage. `commit` and `tree` are those of its chain, or would be.

    Of one that has landed they are the landing's, and `release` is the first that has it.
    `hint` says what upstream may have of one that conflicts.
    """

    stage: StageId
    status: Status
    commit: Oid | None
    tree: Oid | None
    old_commit: Oid | None
    because: str
    conflicts: tuple[StageConflict, ...] = ()
    solved: tuple[Solved, ...] = ()
    release: str | None = None
    hint: str = ""


class RebaseResult(NamedTuple):
    """The whole of it. With `halted` nothing has moved and `rebased` means "would be".

    `targets` is where it goes: with `halted` not the `bases`, which are those it stands on.
    `new_commits` counts upstream's first-parent commits between old and new base.
    """

    bases: Mapping[str, Oid]
    version: int
    stages: tuple[StageResult, ...]
    store: Path
    halted: bool
    edits: tuple[str, ...]
    remembered: bool
    new_commits: int
    targets: Mapping[str, Oid]


def describe(
    store: ObjectStore,
    series: Series,
    outcomes: Mapping[StageId, Outcome],
    *,
    landed: Mapping[StageId, Oid],
    releases: Mapping[StageId, str],
    lost: Iterable[Lost],
    culprits: Mapping[StageId, Culprit | None],
    hints: Mapping[StageId, str],
    dropped: frozenset[tuple[str, str]],
) -> tuple[StageResult, ...]:
    """The result of every stage, in plan order.

    `releases` are those of landings that the lock does not know yet, `lost` the landings that hold
    no more.
    """
    found = []
    gone = {one.stage: one for one in lost}
    any_halted = any(isinstance(one, Halted) for one in outcomes.values())
    known = Resolutions.read(series.files if any_halted else {})
    for stage in series.plan.order:
        line = series.lock.stage(stage)
        old = line.commit if line else None
        if stage in outcomes:
            one, blame = outcomes[stage], culprits.get(stage)
            if isinstance(one, Halted):
                result = _halted(store, known, one, old, blame)._replace(hint=hints.get(stage, ""))
            else:
                result = _one(store, one, old, dropped=any(s == stage for s, _ in dropped))
            before = gone[stage].because if stage in gone else ""
            whys = filter(None, (before, result.because, result.hint))
            found.append(result._replace(because="; ".join(whys)))
        elif stage in series.live and stage not in landed:
            why = "nothing was imported for its repository yet"
            found.append(StageResult(stage, Status.BLOCKED, None, None, old, why))
        elif stage in gone and stage not in landed:
            why = (
                f"{gone[stage].because}; this store lacks its patches: see `stacker landed {stage}`"
            )
            found.append(StageResult(stage, Status.BLOCKED, None, None, old, why))
        else:
            commit = landed.get(stage) or (line.landing if line else None)
            tree = store.commit(commit).tree if commit and store.find(commit) else None
            why = f"landed as {commit[:10]}" if commit else "landed"
            release = releases.get(stage) or (line.release if line else None)
            why += f", first in {release}" if release else ""
            found.append(StageResult(stage, Status.LANDED, commit, tree, old, why, release=release))
    return tuple(found)


def _one(
    store: ObjectStore, outcome: Standing | Waiting, old: Oid | None, *, dropped: bool
) -> StageResult:
    match outcome:
        case Standing(stage=stage, tip=tip, solved=solved):
            if not outcome.patches and dropped:
                status, why = Status.DROPPED, "all its patches were dropped"
            elif tip == old:
                status, why = Status.UNCHANGED, ""
            else:
                status, why = Status.REBASED, _emptied(outcome)
            tree = store.commit(tip).tree
            return StageResult(stage, status, tip, tree, old, why, solved=solved)
        case Waiting(stage=stage, on=on):
            return StageResult(stage, Status.BLOCKED, None, None, old, f"waits for {on}")
        case never:
            assert_never(never)


def _halted(
    store: ObjectStore, known: Resolutions, halted: Halted, old: Oid | None, blame: Culprit | None
) -> StageResult:
    """A conflict: the paths that are open, and those that were solved before."""
    from stacker.series.resolutions.solving import recall  # noqa: PLC0415 - there is seldom a conflict

    of, file = halted.of, halted.file
    found = recall(known, store, of, file, halted.stopped.conflict)
    conflicts = tuple(StageConflict(of, file, c, blame) for c in found.open)
    solved = tuple(Solved(of, one.resolution, one.carried) for one in found.used)
    why = f"{of}/{file} conflicts" + ("" if of == halted.stage else " in its chain")
    return StageResult(halted.stage, Status.CONFLICT, None, None, old, why, conflicts, solved)


def _emptied(outcome: Standing) -> str:
    empty = [p.file for p, gone in zip(outcome.patches, outcome.emptied, strict=True) if gone]
    if not empty:
        return ""
    return (
        f"upstream has the change of {', '.join(empty)}, but no commit proves that it landed; "
        f"see `stacker landed {outcome.stage}`"
    )
