"""Takes in what upstream's CI says: what is bound becomes evidence, the rest is only shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, assert_never

from stacker.evidence.key import evidence_key
from stacker.evidence.record import Attempt, Record
from stacker.series.plan.model import StageId
from stacker.verify.ci_binding import Bound, Nothing, Seen, Unbound, Unseen, reading
from stacker.verify.commands import repositories_named
from stacker.verify.filtered import filtered_tree
from stacker.verify.stage_tree import own_change

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stacker.evidence.record import Verdict
    from stacker.evidence.store import EvidenceStore
    from stacker.forge.api import CIResult
    from stacker.series.plan.ci_checks import CICheck
    from stacker.verify.ci_binding import Reading, Sight
    from stacker.verify.matrix import Cell
    from stacker.verify.request import VerifyRequest


def take_in(
    request: VerifyRequest, evidence: EvidenceStore, cells: Sequence[Cell]
) -> tuple[Cell, ...]:
    """Record what the forge told of the cells that CI builds, each under the key of what it built.

    The cells come back with what is to be said of those that still have no evidence.
    """
    found: list[Record] = []
    told = []
    for cell in cells:
        if cell.ci is None:
            told.append(cell)
            continue
        sights = _sights(request, cell)
        readings = _readings(cell, cell.ci, sights)
        for sight, one in zip(sights, readings, strict=True):
            if isinstance(one, Bound) and isinstance(sight, Seen):
                found.append(_record(request, cell, cell.ci, sight, one))
        told.append(_open(request, cell, sights[-1], readings[-1]))
    new = [_patched(request, record) for record in found if not evidence.knows(record)]
    evidence.add(*sorted(new, key=lambda one: one.started_at + one.seconds))
    return tuple(told)


def last_said(request: VerifyRequest, cell: Cell, ci: CICheck) -> str:
    """What the forge last told of a cell that has no evidence here, in words; records nothing."""
    sights = _sights(request, cell)
    sight, one = sights[-1], _readings(cell, ci, sights)[-1]
    if isinstance(one, Bound) and isinstance(sight, Seen) and _is_about(request, cell, one):
        said = f"{ci.name!r} {one.verdict.words} on {sight.where}"
        return f"{said}, which `stacker verify` takes in if it is not too old"
    return _open(request, cell, sight, one).cannot


def _sights(request: VerifyRequest, cell: Cell) -> Sequence[Sight]:
    return request.ci.get(cell.stage) or (Unseen(f"the forge told nothing of {cell.stage}"),)


def _readings(cell: Cell, ci: CICheck, sights: Sequence[Sight]) -> list[Reading]:
    beside = repositories_named(cell.check.run)
    return [reading(ci, sight, beside) for sight in sights]


def _is_about(request: VerifyRequest, cell: Cell, one: Bound) -> bool:
    """Whether the run built the cell's files."""
    return _parts(request, cell, one.tree)["tree"] == cell.parts["tree"]


def _open(request: VerifyRequest, cell: Cell, sight: Sight, one: Reading) -> Cell:
    """The cell with what there is to say if it has no evidence now."""
    match one:
        case Bound(verdict, _, run):
            where = sight.where if isinstance(sight, Seen) else ""
            if _is_about(request, cell, one):
                return _shown(cell, verdict, "too old", f"the run on {where} is too old", run)
            why = f"{where} has other files than {cell.stage} has now"
            return _shown(cell, verdict, "other files", why, run)
        case Unbound(verdict, word, why, run):
            return _shown(cell, verdict, word, why, run)
        case Nothing(why):
            return replace(cell, cannot=why)
        case never:
            assert_never(never)


def _shown(cell: Cell, verdict: Verdict, word: str, why: str, run: CIResult) -> Cell:
    said = f"{verdict.words}, {word}"
    return replace(cell, cannot=why, shown=said, url=_address(run))


def _record(request: VerifyRequest, cell: Cell, ci: CICheck, seen: Seen, one: Bound) -> Record:
    parts = _parts(request, cell, one.tree)
    started, ended = _time(one.run.started_at), _time(one.run.completed_at)
    seconds = max(0.0, ended - started)
    return Record(
        key=evidence_key(parts),
        stage=cell.stage,
        check=cell.check.name,
        platform=cell.platform.name,
        verdict=one.verdict,
        exit_code=None,
        seconds=seconds,
        host=ci.runner,
        commit=seen.commit,
        tree=one.tree,
        base=seen.base,
        log="",
        started_at=started,
        clean=True,
        attempts=(Attempt(one.verdict, None, seconds),),
        parts=parts,
        runner=ci.runner,
        builder=ci.name,
        url=_address(one.run),
    )


def _patched(request: VerifyRequest, record: Record) -> Record:
    """The record with the stage's own change, if it is about the stage as it is now."""
    stage = request.stages[StageId(record.stage)]
    if record.tree != stage.tree:
        return record
    return replace(record, patch=own_change(request.store, stage))


def _parts(request: VerifyRequest, cell: Cell, tree: str) -> dict[str, str]:
    """What the key of the cell's evidence would be made of if it were about `tree`."""
    if tree == request.stages[cell.stage].tree:
        return dict(cell.parts)
    paths = cell.check.paths
    return {**cell.parts, "tree": filtered_tree(request.store, tree, paths) if paths else tree}


def _address(run: CIResult) -> str:
    """Where people see the run; nothing but what a browser opens."""
    return run.url if run.url.startswith(("https://", "http://")) else ""


def _time(text: str) -> float:
    """Seconds since 1970; 0, which is too old for everything, when the forge did not tell."""
    try:
        return datetime.fromisoformat(text).timestamp()
    except ValueError:
        return 0.0
