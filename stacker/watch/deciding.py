"""What a box decides: what it builds for, whether it may, and when home hears of it. Pure."""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING

from stacker.boxes.sign import Doing
from stacker.errors import UsageError
from stacker.evidence.record import Verdict
from stacker.series.plan.choices import RunnerKind
from stacker.series.plan.naming import find
from stacker.verify.matrix import cannot_run, elsewhere, runner_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stacker.boxes.sign import Sign
    from stacker.series.plan.model import Plan
    from stacker.verify.request import VerifyResult

_IDLE = 30 * 60  # seconds between two signs that say the same
_BUILDING = 60  # seconds between two of builds, of which each may be short


class Agreement(Enum):
    """Whether the plan's commands may run."""

    KNOWN = auto()  # somebody agreed to these very commands
    GIVEN = auto()  # they are new, and somebody agreed to whatever comes
    LACKING = auto()


def agreement(*, known: bool, trust: bool) -> Agreement:
    """Whether commands may run that are `known`, or not, where `trust` was given, or not."""
    if known:
        return Agreement.KNOWN
    return Agreement.GIVEN if trust else Agreement.LACKING


def targets(
    plan: Plan, platforms: Sequence[str], checks: Sequence[str], machine: str
) -> tuple[str, ...]:
    """The `platforms` to build for: those asked for, else all that the `machine` can build.

    Raises `UsageError` for a name that the plan does not have, and where there is nothing to do.
    """
    for name in checks:
        find({one.name: one for one in plan.checks}, name, "check")
    by_name = {one.name: one for one in plan.platforms}
    asked = dict.fromkeys(find(by_name, name, "platform").name for name in platforms)
    for name in asked:
        runner = runner_of(plan, by_name[name])
        if runner is not None and runner.kind is not RunnerKind.LOCAL:
            raise UsageError(
                f"{name} is built by the {runner.kind} runner {runner.name}, and by no box",
                hint="`stacker verify` without --watch asks it.",
            )
    found = asked or [
        one.name
        for one in plan.platforms
        if not (elsewhere(plan, one) or cannot_run(plan, one, machine))
    ]
    if not found:
        raise UsageError(
            f"this machine, {machine}, builds for no platform of the plan",
            hint="`host` and `runner` of [platforms] in series.toml say what builds where.",
        )
    return tuple(found)


def is_due(last: Sign | None, now: Sign) -> bool:
    """Whether home shall hear of `now`, when it heard of `last`."""
    if last is None:
        return True
    passed = now.at - last.at
    if passed < 0:  # the clock was set back
        return True
    if _said(last) == _said(now):
        return passed >= _IDLE
    both_build = last.doing is now.doing is Doing.BUILDING
    return passed >= _BUILDING if both_build else True


def _said(sign: Sign) -> tuple[object, ...]:
    return (sign.doing, sign.what, sign.platforms, sign.version, sign.host, sign.account)


def could_not(plan: Plan, result: VerifyResult) -> str:
    """The first reason why a check that has to pass could not run here; empty if all could.

    What only waits for another check is not told: the reason is there.
    """
    needs = {check.name: check.needs for check in plan.checks}
    passed = {one.where for one in result.results if one.verdict is Verdict.PASSED}
    for one in result.unknown:
        below = ((one.stage, need, one.platform) for need in needs[one.check])
        if one.reason and all(where in passed for where in below):
            return f"{one.check} for {one.platform} could not run: {one.reason}"
    return ""
