"""Which check runs at which stage for which platform, in which order, and what must pass."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from stacker.evidence.key import evidence_key
from stacker.series.plan.choices import MustPass, RunnerKind
from stacker.series.plan.ci_checks import ci_check
from stacker.series.plan.naming import find
from stacker.series.plan.order import needs_first
from stacker.verify.machine import is_machine

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from stacker.series.plan.ci_checks import CICheck
    from stacker.series.plan.model import Check, Plan, Platform, Runner, StageId
    from stacker.verify.stage_tree import StageTree

Named = TypeVar("Named", "Check", "Platform")


@dataclass(frozen=True, slots=True)
class Cell:
    """One check at one stage for one platform.

    `required` says whether it must pass; `tip_of` names the group whose last stage this is, or is
    empty; `parts` are those of its evidence's `key`; `cannot`
    is why it cannot run here, empty when it can. `runner` is the plan's name of what builds it,
    empty when this machine does; `tools` is what the platform's toolchain says of itself.

    `ci` is the CI check that stands for a cell which upstream's CI builds. `shown` is what that
    said without its counting, empty if there is no such word, `url` where people see it.
    """

    stage: StageId
    check: Check
    platform: Platform
    required: bool
    tip_of: str
    key: str
    parts: Mapping[str, str]
    cannot: str
    runner: str = ""
    tools: str = ""
    ci: CICheck | None = None
    shown: str = ""
    url: str = ""

    @property
    def column(self) -> tuple[str, str]:
        """Check and platform."""
        return self.check.name, self.platform.name

    @property
    def where(self) -> tuple[str, str, str]:
        """Stage, check and platform."""
        return self.stage, self.check.name, self.platform.name


def matrix(
    plan: Plan,
    stages: Mapping[StageId, StageTree],
    parts_of: Callable[[StageTree, Check, Platform], Mapping[str, str]],
    *,
    machine: str,
    selection: Sequence[StageId] = (),
    platforms: Sequence[str] = (),
    checks: Sequence[str] = (),
) -> tuple[Cell, ...]:
    """All cells, in the order to run them: tips of the series first, then the newest stages.

    At a stage a check comes after those that it needs, and choosing it chooses them. Empty
    `selection`, `platforms` and `checks` mean all; `machine` is as `this_machine` says it. An
    unknown name raises `UsageError`.
    """
    wanted_checks = _needs_first(plan, _chosen(plan.checks, checks, "check"))
    wanted_platforms = _chosen(plan.platforms, platforms, "platform")
    cells = []
    for stage_id in _tips_first(plan, selection):
        if stage_id not in stages:
            continue
        for check in wanted_checks:
            required = _required(plan, check, stage_id)
            if required is None:
                continue
            for platform in wanted_platforms:
                if check.platforms and platform.name not in check.platforms:
                    continue
                there = check.for_platform(platform.name)
                parts = parts_of(stages[stage_id], there, platform)
                tip, cannot = _tip_of(plan, stage_id), cannot_run(plan, platform, machine)
                ci = ci_check(plan, there, platform)
                cell = Cell(
                    stage_id, there, platform, required, tip, evidence_key(parts), parts, cannot,
                    runner=elsewhere(plan, platform), ci=ci,
                )  # fmt: skip
                cells.append(cell)
    return tuple(cells)


def _chosen(known: Sequence[Named], names: Sequence[str], kind: str) -> tuple[Named, ...]:
    by_name = {one.name: one for one in known}
    asked = {find(by_name, name, kind).name for name in names}
    return tuple(one for one in known if not names or one.name in asked)


def _needs_first(plan: Plan, chosen: Sequence[Check]) -> tuple[Check, ...]:
    """The chosen checks and all that they need, in an order in which needs come first."""
    needs = {check.name: check.needs for check in plan.checks}
    wanted = [check.name for check in chosen]
    for name in wanted:  # it grows
        wanted += [need for need in needs[name] if need not in wanted]
    by_name = {check.name: check for check in plan.checks}
    return tuple(by_name[name] for name in needs_first(needs) if name in wanted)


def _tips_first(plan: Plan, selection: Sequence[StageId]) -> tuple[StageId, ...]:
    """What shows most comes first: a tip stands on all that it needs, and later work is newer."""
    asked = {plan.stage(stage_id).id for stage_id in selection} or set(plan.order)
    needed = {need for stage in plan.stages if stage.id in asked for need in stage.needs}
    newest = [stage_id for stage_id in reversed(plan.order) if stage_id in asked]
    return tuple(sorted(newest, key=lambda stage_id: stage_id in needed))


def _required(plan: Plan, check: Check, stage_id: StageId) -> bool | None:
    """Whether `check` must pass at the stage; None when it does not run there."""
    if plan.stage(stage_id).repository != check.repository:
        return None
    if check.must_pass is MustPass.EVERY_STAGE:
        return True
    return None if plan.group_of(stage_id) is None else bool(_tip_of(plan, stage_id))


def _tip_of(plan: Plan, stage_id: StageId) -> str:
    group = plan.group_of(stage_id)
    if group is None or plan.in_order(group.stages)[-1] != stage_id:
        return ""
    return group.name


def runner_of(plan: Plan, platform: Platform) -> Runner | None:
    """What the plan has build for the platform; None is this machine."""
    return next((one for one in plan.runners if one.name == platform.runner), None)


def elsewhere(plan: Plan, platform: Platform) -> str:
    """The name of the buildbot that builds for the platform; empty when none does."""
    runner = runner_of(plan, platform)
    return runner.name if runner is not None and runner.kind is RunnerKind.BUILDBOT else ""


def cannot_run(plan: Plan, platform: Platform, machine: str) -> str:
    """Why nothing asked of that machine is built for the platform, in words; empty when it is.

    What a buildbot builds may be asked of any machine.
    """
    runner = runner_of(plan, platform)
    if runner is not None and runner.kind is RunnerKind.BUILDBOT:
        return ""
    if runner is not None and runner.kind is not RunnerKind.LOCAL:
        return f"{platform.name} is built by the {runner.kind} runner {runner.name}, not here"
    if platform.host is not None and not is_machine(platform.host, machine):
        return f"{platform.name} counts only on {platform.host}; this machine is {machine}"
    return ""
