"""One build: a folder of its own, the stage's files in it, the check's commands run there."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from stacker.evidence.record import Record
from stacker.git.worktree import checkout, make_read_only, remove_tree
from stacker.verify.commands import fill, repositories_named
from stacker.verify.environment import build_environment
from stacker.verify.machine import machine_name
from stacker.verify.runner import Job, run

if TYPE_CHECKING:
    from pathlib import Path

    from stacker.verify.matrix import Cell
    from stacker.verify.request import VerifyRequest
    from stacker.verify.stage_tree import StageTree


def build(request: VerifyRequest, cell: Cell) -> tuple[Record, str]:
    """Run the cell's check on a fresh checkout; the result, and why it could not run, if so."""
    stage = request.stages[cell.stage]
    place = request.builds / cell.key[:16]  # short: Windows has little room for paths
    work = place / "tree"
    checkout(request.store, stage.commit, work)
    values = _values(request, cell, stage)
    job = Job(
        steps=tuple(fill(step, values) for step in cell.check.run),
        folder=work,
        environment=build_environment(request.environment, cell.check.env, place),
        timeout=cell.check.timeout,
        log=request.log_of(cell.key),
    )
    try:
        ran = run(job)
    finally:
        remove_tree(place)
    record = Record(
        key=cell.key,
        stage=cell.stage,
        check=cell.check.name,
        platform=cell.platform.name,
        verdict=ran.verdict,
        exit_code=ran.exit_code,
        seconds=ran.seconds,
        host=machine_name(),
        commit=stage.commit,
        tree=stage.tree,
        base=stage.base,
        log=job.log.name,
        started_at=ran.started_at,
        clean=True,
    )
    return record, ran.reason


def _values(request: VerifyRequest, cell: Cell, stage: StageTree) -> dict[str, str]:
    beside = request.commits_beside(stage)
    return {
        "platform": cell.platform.name,
        "stage": stage.stage,
        "base": stage.base,
        "jobs": str(os.cpu_count() or 1),
        "python": request.python,
        **{
            f"repo:{name}": str(_beside(request, beside[name]))
            for name in repositories_named(cell.check.run)
        },
    }


def _beside(request: VerifyRequest, commit: str) -> Path:
    """The files of another repository's commit, which no check may write to."""
    folder = request.builds / f"repo-{commit[:16]}"
    if not folder.exists():
        checkout(request.store, commit, folder)
        make_read_only(folder)
    return folder
