"""The cells of a request: the plan's matrix over the trees that are there now."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from stacker.evidence.key import evidence_parts
from stacker.verify.commands import decisive, repositories_named
from stacker.verify.environment import asked_for
from stacker.verify.filtered import filtered_tree
from stacker.verify.machine import this_machine
from stacker.verify.matrix import matrix
from stacker.verify.toolchain import Toolchain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stacker.series.plan.model import Check, Platform
    from stacker.verify.matrix import Cell
    from stacker.verify.request import VerifyRequest
    from stacker.verify.stage_tree import StageTree


def cells_of(
    request: VerifyRequest, toolchains: Mapping[str, Toolchain] = MappingProxyType({})
) -> tuple[Cell, ...]:
    """All cells that the request asks about, each with its evidence key, in the order to run.

    `toolchains` are those of the platforms that have any.
    """
    store = request.store

    @cache
    def tree_of(commit: str) -> str:
        return store.text("rev-parse", "--verify", f"{commit}^{{tree}}")

    @cache
    def part_of(tree: str, globs: tuple[str, ...]) -> str:
        return filtered_tree(store, tree, globs) if globs else tree

    def parts_of(stage: StageTree, check: Check, platform: Platform) -> Mapping[str, str]:
        beside = request.commits_beside(stage)
        values = {"stage": str(stage.stage), "base": stage.base}
        return evidence_parts(
            tree=part_of(stage.tree, check.paths),
            steps=check.run,
            platform=platform.name,
            values={name: values[name] for name in decisive(check.run)},
            environment=asked_for(request.environment, check.env),
            repositories={
                name: tree_of(beside[name]) if name in beside else ""
                for name in repositories_named(check.run)
            },
            toolchain=_of(toolchains, platform).fingerprint,
            passes=f"{check.min_passes} of {check.attempts}",
        )

    cells = matrix(
        request.plan,
        request.stages,
        parts_of,
        machine=this_machine(),
        selection=request.selection,
        platforms=request.platforms,
        checks=request.checks,
    )
    return tuple(
        replace(
            cell,
            cannot=_cannot(request, cell, toolchains),
            tools=_of(toolchains, cell.platform).said,
        )
        for cell in cells
    )


def _of(toolchains: Mapping[str, Toolchain], platform: Platform) -> Toolchain:
    return toolchains.get(platform.name) or Toolchain("")


def _cannot(request: VerifyRequest, cell: Cell, toolchains: Mapping[str, Toolchain]) -> str:
    if cell.cannot:
        return cell.cannot
    return _lacks(request, cell) or _of(toolchains, cell.platform).unknown


def _lacks(request: VerifyRequest, cell: Cell) -> str:
    if cell.runner and repositories_named(cell.check.run):
        return f"{cell.runner} gets the files of one repository, and this check names others"
    beside = request.commits_beside(request.stages[cell.stage])
    lacking = [name for name in repositories_named(cell.check.run) if name not in beside]
    return f"nothing of {', '.join(lacking)} goes with {cell.stage} yet" if lacking else ""
