"""How the plan's buildbots are reached: address, account, and where commits go for their workers.

A password goes nowhere but to an address to which a person agreed (`stacker.verify.trust`).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from stacker import settings, wiring
from stacker.bots.values import Access, Account, Place
from stacker.series.plan.choices import RunnerKind
from stacker.series.plan.upstream import is_loopback_url
from stacker.verify.trust import is_trusted

if TYPE_CHECKING:
    from pathlib import Path

    from stacker.series.directory import SeriesDirectory
    from stacker.series.plan.model import Plan, Runner

_TICK, _TICK_HERE = 2.0, 0.25  # seconds between questions, and to a master on this machine
_PATIENCE = 120.0  # seconds; a master may be started again


def access(plan: Plan, root: Path) -> dict[str, Access]:
    """All buildbots that build for a platform, by name; `root` is the series directory."""
    used = {platform.runner for platform in plan.platforms}
    return {
        runner.name: _access(plan, root, runner, runner.url)
        for runner in plan.runners
        if runner.kind is RunnerKind.BUILDBOT and runner.name in used and runner.url
    }


def agreed(plan: Plan, directory: SeriesDirectory) -> dict[str, Access]:
    """The same; without an account where nobody has agreed to this plan yet."""
    found = access(plan, directory.root)
    if is_trusted(directory.state, plan):
        return found
    return {name: replace(one, account=None) for name, one in found.items()}


def _access(plan: Plan, root: Path, runner: Runner, url: str) -> Access:
    account = settings.account(runner.name)
    return Access(
        url=url,
        account=Account(*account) if account else None,
        scheduler=runner.scheduler,
        at_once=runner.at_once,
        places={
            one.name: Place(*wiring.reached(plan, root, runner.push or one.fork or one.upstream))
            for one in plan.repositories
        },
        tick=_TICK_HERE if is_loopback_url(url) else _TICK,
        patience=_PATIENCE,
    )
