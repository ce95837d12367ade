"""Where stages stand, from what is recorded here: nothing runs, and nobody is asked."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from stacker.boxes import known as boxes
from stacker.evidence.record import Verdict
from stacker.evidence.store import EvidenceStore
from stacker.series.plan.ci_checks import ci_checks
from stacker.verify.carried import seen_carried
from stacker.verify.cells import cells_of
from stacker.verify.ci_seen import pulls_seen
from stacker.verify.ci_taking import last_said
from stacker.verify.gaps import brought_by, why_none, why_quiet
from stacker.verify.gather import commits_beside, stage_trees
from stacker.verify.known import EVIDENCE, held, jury_of
from stacker.verify.looking_back import earlier_results
from stacker.verify.machine import this_machine
from stacker.verify.request import VerifyRequest
from stacker.verify.standing import Evidence, Standing, State
from stacker.verify.toolchain import seen_toolchains

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stacker.evidence.record import Record
    from stacker.series.loading import Series
    from stacker.series.plan.model import StageId
    from stacker.series.workspace import Workspace
    from stacker.verify.earlier import Earlier
    from stacker.verify.matrix import Cell

_STATES = {
    Verdict.PASSED: State.PASSED,
    Verdict.FAILED: State.FAILED,
    Verdict.TIMED_OUT: State.TIMED_OUT,
}


def looking(work: Workspace, series: Series, environment: Mapping[str, str]) -> VerifyRequest:
    """The request that asks about all stages of the series as they are, and runs nothing.

    `environment` is the caller's, on which evidence may depend.
    """
    state = work.directory.state
    return VerifyRequest(
        plan=series.plan,
        store=work.store.git,
        stages=stage_trees(work.store, series),
        repo_commits=commits_beside(work.store, series),
        environment=environment,
        folder=state,
        python="",
        ci={stage: (one,) for stage, one in pulls_seen(work.store, series, state).items()}
        if ci_checks(series.plan)
        else {},
    )


def evidence_of(request: VerifyRequest) -> dict[StageId, Evidence]:
    """Where each of the request's stages stands; all of them are there, with checks or without."""
    found: dict[StageId, list[Standing]] = {stage: [] for stage in request.stages}
    if (request.folder / EVIDENCE).is_file():
        with EvidenceStore(request.folder / EVIDENCE) as evidence:
            cells = cells_of(
                request, seen_toolchains(request.plan, evidence), seen_carried(request)
            )
            known = _known(request, evidence, cells)
    else:
        cells, known = (
            cells_of(request),
            _Known(request, boxes.read(request.folder), {}, {}, {}, {}, {}),
        )
    for cell in cells:
        found[cell.stage].append(known.standing(cell))
    return {stage: Evidence(request.stages[stage], tuple(each)) for stage, each in found.items()}


def _known(request: VerifyRequest, evidence: EvidenceStore, cells: tuple[Cell, ...]) -> _Known:
    records = held(evidence, cells)
    before = earlier_results(request, evidence, cells, records)
    keys = {cell.where: cell.key for cell in cells}
    jury = jury_of(request, asks=False)
    signed = {key: jury.signed_by(record) for key, record in records.items()}
    return _Known(
        request, boxes.read(request.folder), keys, records, before, evidence.since(records), signed
    )


@dataclass(frozen=True, slots=True)
class _Known:
    """What is recorded: `records` count, by key; `before` does not; `since` says since when the
    verdict of a key stands, `signed` who signed it; `boxes` is what they last said."""

    request: VerifyRequest
    boxes: boxes.Known
    keys: Mapping[tuple[str, str, str], str]
    records: Mapping[str, Record]
    before: Mapping[tuple[str, str, str], Earlier]
    since: Mapping[str, float]
    signed: Mapping[str, str]

    def standing(self, cell: Cell) -> Standing:
        """Where the cell stands."""
        record = self.records.get(cell.key)
        if record is None or record.verdict not in _STATES:
            return self._gap(cell)
        since = record.started_at if cell.check.max_age else self.since[cell.key]
        state, signed = _STATES[record.verdict], self.signed.get(cell.key, "")
        return _standing(cell, state, record=record, since=since, signed_by=signed)

    def _gap(self, cell: Cell) -> Standing:
        plan, was = self.request.plan, self.before.get(cell.where)
        by, red = brought_by(plan, cell.platform, this_machine()), self._red(cell)
        lacks = "" if by else cell.cannot
        heard = "" if red or lacks else self._heard(cell)
        gap = partial(_standing, cell, by=by, heard=heard)
        if was is not None and was.stale:
            return gap(State.STALE, reason=was.stale, record=was.record)
        return gap(State.MISSING, reason=why_none(plan, cell, red, was, lacks=lacks))

    def _heard(self, cell: Cell) -> str:
        """What upstream's CI or the platform's boxes last said of it."""
        if cell.ci is not None:
            return last_said(self.request, cell, cell.ci)
        return why_quiet(self.boxes, cell.platform.name)

    def _red(self, cell: Cell) -> list[str]:
        """The checks that the cell needs and that are shown not to pass there."""
        there = ((cell.stage, need, cell.platform.name) for need in cell.check.needs)
        return [where[1] for where in there if self._verdict(where) not in {None, Verdict.PASSED}]

    def _verdict(self, where: tuple[str, str, str]) -> Verdict | None:
        record = self.records.get(self.keys.get(where, ""))
        return None if record is None else record.verdict


def _standing(
    cell: Cell, state: State, *, reason: str = "", heard: str = "", by: str = "",
    record: Record | None = None, since: float | None = None, signed_by: str = "",
) -> Standing:  # fmt: skip
    return Standing(
        stage=cell.stage, check=cell.check.name, platform=cell.platform.name,
        required=cell.required, state=state, reason=reason, heard=heard, by=by,
        from_ci=cell.ci is not None, record=record, since=since, signed_by=signed_by,
    )  # fmt: skip
