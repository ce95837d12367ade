"""One build: the stage's files in the check's lane, its commands run there, what that showed."""

from __future__ import annotations

import hashlib
import os
from threading import Lock
from typing import TYPE_CHECKING

from stacker.errors import GitError
from stacker.evidence.record import Record
from stacker.git.worktree import checkout, make_read_only
from stacker.verify.commands import fill, repositories_named
from stacker.verify.environment import asked_for, build_environment
from stacker.verify.lane import Lane, lane_of
from stacker.verify.logs import digest_of
from stacker.verify.machine import machine_name
from stacker.verify.module_urls import Refused
from stacker.verify.preparing import prepare
from stacker.verify.results import clear, judged
from stacker.verify.runner import Job, could_not_run, run
from stacker.verify.submodules import Modules

if TYPE_CHECKING:
    from pathlib import Path

    from stacker.verify.matrix import Cell
    from stacker.verify.request import VerifyRequest
    from stacker.verify.runner import Ran, Stop
    from stacker.verify.stage_tree import StageTree


class Builder:
    """Builds the cells of one request; of different lanes at once, from as many threads."""

    def __init__(self, request: VerifyRequest, stop: Stop) -> None:
        self.request = request
        self._stop = stop
        self._beside = Lock()
        self._modules = Modules(request.modules)

    def build(self, cell: Cell, attempt: int) -> tuple[Record, str]:
        """Run the cell's check; the result, and why it is that, where there is more to say.

        What failed in a lane that had been moved may be the lane's fault: only what a fresh one
        shows is believed. What a landing may rely on and what is asked again come from fresh
        ones, and so does every attempt after the first.
        """
        request, stage = self.request, self.request.stages[cell.stage]
        beside = self._folders_beside(cell, stage)
        lane = Lane(request.lanes / lane_of(cell), request.store, _recipe(request, cell, beside))
        fresh = attempt > 1 or request.vouches or request.rerun
        try:
            if cell.check.submodules:
                self._modules.leave(lane, request.store, stage.commit)
            clean = lane.stand(stage.commit, fresh=fresh)
            ran = self._run(cell, stage, lane, beside)
            if ran.verdict.is_red and not clean:
                clean = lane.stand(stage.commit, fresh=True)
                ran = self._run(cell, stage, lane, beside)
        except BaseException:
            lane.remove()
            raise
        if ran.exit_code is None:  # killed while it wrote
            lane.remove()
        else:
            lane.settle(stage.commit)
        return _record(request, cell, stage, ran, clean=clean), ran.reason

    def _run(self, cell: Cell, stage: StageTree, lane: Lane, beside: dict[str, Path]) -> Ran:
        request, log = self.request, self.request.log_of(cell.key)
        lacks = self._lacks(cell, stage, lane) or prepare(request, cell, stage, lane)
        if lacks:
            return could_not_run(log, lacks)
        values = {
            "platform": cell.platform.name,
            "stage": stage.stage,
            "base": stage.base,
            "jobs": str(max(1, (os.cpu_count() or 1) // request.jobs)),
            "python": request.python,
            **{f"repo:{name}": str(folder) for name, folder in beside.items()},
        }
        job = Job(
            steps=tuple(fill(step, values) for step in cell.check.run),
            folder=lane.tree,
            environment=build_environment(request.environment, cell.check.env, lane.private),
            timeout=cell.check.timeout,
            log=log,
        )
        results = cell.check.results
        if results is not None:
            clear(lane.tree, results)
        return judged(run(job, self._stop), cell, lane.tree, log)

    def _lacks(self, cell: Cell, stage: StageTree, lane: Lane) -> str:
        """Put the stage's submodules into the lane, if the check wants them; why that fails."""
        if not cell.check.submodules:
            return ""
        upstream = self.request.upstreams.get(stage.repository, "")
        try:
            self._modules.stand(lane, self.request.store, stage.commit, upstream)
        except Refused as exc:
            return f"its submodule {exc}"
        except GitError as exc:  # a tree with paths that git does not write
            return f"its submodules cannot be checked out: {exc.message}"
        return ""

    def _folders_beside(self, cell: Cell, stage: StageTree) -> dict[str, Path]:
        """The files of the other repositories' commits, which no check may write to; by name."""
        commits = self.request.commits_beside(stage)
        found = {}
        for name in repositories_named(cell.check.run):
            folder = found[name] = self.request.builds / f"repo-{commits[name][:16]}"
            with self._beside:
                if not folder.exists():
                    checkout(self.request.store, commits[name], folder)
                    make_read_only(folder)
        return found


def _recipe(request: VerifyRequest, cell: Cell, beside: dict[str, Path]) -> str:
    """A digest of all but the stage that a build in the cell's lane depends on."""
    given = asked_for(request.environment, cell.check.env)
    tools = cell.parts.get("toolchain")
    parts = (cell.check, cell.platform, sorted(given.items()), request.python, beside, tools)
    return hashlib.sha256(repr(parts).encode("utf-8", "surrogateescape")).hexdigest()


def _record(
    request: VerifyRequest, cell: Cell, stage: StageTree, ran: Ran, *, clean: bool
) -> Record:
    return Record(
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
        log=request.log_of(cell.key).name,
        started_at=ran.started_at,
        clean=clean,
        log_digest=digest_of(request.log_of(cell.key)),
        tools=cell.tools,
    )
