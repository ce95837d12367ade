"""The cells of a request: the plan's matrix over the trees that are there now."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from stacker.evidence.key import evidence_parts
from stacker.series.plan.ci_checks import ci_check
from stacker.verify.commands import decisive, repositories_named
from stacker.verify.environment import asked_for
from stacker.verify.filtered import filtered_tree
from stacker.verify.machine import this_machine
from stacker.verify.matrix import matrix
from stacker.verify.toolchain import Toolchain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stacker.series.plan.ci_checks import CICheck
    from stacker.series.plan.model import Check, Platform
    from stacker.verify.carried import Carried
    from stacker.verify.matrix import Cell
    from stacker.verify.request import VerifyRequest
    from stacker.verify.stage_tree import StageTree


_FORGE = "STACKER_FORGE"  # of the caller; `stacker.settings` reads it for everything else


def cells_of(
    request: VerifyRequest,
    toolchains: Mapping[str, Toolchain] = MappingProxyType({}),
    contents: Mapping[str, Carried] = MappingProxyType({}),
) -> tuple[Cell, ...]:
    """All cells that the request asks about, each with its evidence key, in the order to run.

    `toolchains` are those of the platforms that have any; `contents` what is carried, by source.
    """
    store = request.store

    @cache
    def tree_of(commit: str) -> str:
        return store.text("rev-parse", "--verify", f"{commit}^{{tree}}")

    @cache
    def part_of(tree: str, globs: tuple[str, ...]) -> str:
        return filtered_tree(store, tree, globs) if globs else tree

    def parts_of(stage: StageTree, check: Check, platform: Platform) -> Mapping[str, str]:
        tree, ci = part_of(stage.tree, check.paths), ci_check(request.plan, check, platform)
        if ci is not None:
            return _ci_parts(request, tree, platform, ci)
        beside = request.commits_beside(stage)
        values = {"stage": str(stage.stage), "base": stage.base}
        return evidence_parts(
            tree=tree,
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
            submodules=check.submodules,
            carried={
                target: contents[source].digest if source in contents else ""
                for target, source in check.carry.items()
            },
            results=(check.results, sorted(platform.skips)) if check.results else None,
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
            cannot=_cannot(request, cell, toolchains) or _uncarried(cell, contents),
            tools=_of(toolchains, cell.platform).said,
        )
        for cell in cells
    )


def _ci_parts(request: VerifyRequest, tree: str, platform: Platform, ci: CICheck) -> dict[str, str]:
    """What CI builds, commands and all, is in the tree; all else is who says what came of it.

    What is played on another forge than the plan's proves nothing about that one.
    """
    parts = evidence_parts(
        tree=tree, steps=(), platform=platform.name, values={}, environment={}, repositories={}
    )
    forge = request.environment.get(_FORGE) or request.plan.forge or "github.com"
    return {**parts, "ci": f"{ci.name} by {ci.app}", "forge": forge}


def _of(toolchains: Mapping[str, Toolchain], platform: Platform) -> Toolchain:
    return toolchains.get(platform.name) or Toolchain("")


def _cannot(request: VerifyRequest, cell: Cell, toolchains: Mapping[str, Toolchain]) -> str:
    if cell.cannot:
        return cell.cannot
    return _lacks(request, cell) or _of(toolchains, cell.platform).unknown


def _uncarried(cell: Cell, contents: Mapping[str, Carried]) -> str:
    found = (contents.get(source) for source in cell.check.carry.values())
    return "; ".join(one.lacks for one in found if one and one.lacks)


def _not_there(request: VerifyRequest, cell: Cell) -> str:
    """What of a check a build master cannot have."""
    check, runner = cell.check, cell.runner
    if runner not in request.access:
        return f"{cell.platform.name} is built by the runner {runner}, not here"
    if repositories_named(check.run):
        return f"{runner} gets the files of one repository, and this check names others"
    given = {"results": check.results, "carry": check.carry, "submodules": check.submodules}
    wanted = next((key for key, value in given.items() if value), "")
    return f"{runner} knows nothing of `{wanted}`, which this check has" if wanted else ""


def _lacks(request: VerifyRequest, cell: Cell) -> str:
    if cell.runner:
        return _not_there(request, cell)
    beside = request.commits_beside(request.stages[cell.stage])
    lacking = [name for name in repositories_named(cell.check.run) if name not in beside]
    return f"nothing of {', '.join(lacking)} goes with {cell.stage} yet" if lacking else ""
