"""Which CI check of the forge stands for a check on a platform that upstream's CI builds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stacker.series.plan.choices import RunnerKind

if TYPE_CHECKING:
    from stacker.series.plan.model import Check, Plan, Platform


@dataclass(frozen=True, slots=True)
class CICheck:
    """A CI check by its name on the forge. Only runs that `app` made count; none if it is empty.

    `runner` is the plan's name of that CI.
    """

    name: str
    app: str
    runner: str


def ci_check(plan: Plan, check: Check, platform: Platform) -> CICheck | None:
    """The CI check that stands for `check` there; None where something else builds."""
    for runner in plan.runners:
        if runner.name == platform.runner and runner.kind is RunnerKind.GITHUB:
            return CICheck(check.builder(platform), runner.app or "", runner.name)
    return None


def ci_platforms(plan: Plan) -> frozenset[str]:
    """The names of the platforms that upstream's CI builds."""
    runners = {runner.name for runner in plan.runners if runner.kind is RunnerKind.GITHUB}
    return frozenset(one.name for one in plan.platforms if one.runner in runners)


def ci_checks(plan: Plan) -> tuple[tuple[str, CICheck], ...]:
    """All that the plan names, each with the name of the repository whose stages it is for."""
    found = (
        (check.repository, ci_check(plan, check.for_platform(platform.name), platform))
        for check in plan.checks
        for platform in plan.platforms
        if not check.platforms or platform.name in check.platforms
    )
    return tuple(dict.fromkeys((name, one) for name, one in found if one is not None))
