"""Whether a person has agreed to run the commands of this plan, here and where it says."""

from __future__ import annotations

import hashlib
import json
import shlex
from typing import TYPE_CHECKING

from stacker.series.plan.choices import RunnerKind

if TYPE_CHECKING:
    from pathlib import Path

    from stacker.series.plan.model import Plan

_FILE = "trusted"


def is_trusted(folder: Path, plan: Plan) -> bool:
    """Whether these very commands were trusted before; `folder` is the series' `.stacker`."""
    return not commands(plan) or _digest(plan) in _remembered(folder)


def trust(folder: Path, plan: Plan) -> None:
    """Remember that the plan's commands may run, until one of them changes."""
    if is_trusted(folder, plan):
        return
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / _FILE).open("a", encoding="ascii", newline="\n") as file:
        file.write(f"{_digest(plan)}\n")


def commands(plan: Plan) -> tuple[str, ...]:
    """All that the plan would run, copy and give away, a line each, with the name of what does."""
    checks = [(check.name, step) for check in plan.checks for step in check.run]
    checks += [
        (f"{check.name} on {name}", step)
        for check in plan.checks
        for name, other in check.on.items()
        for step in other.run or ()
    ]
    tools = [(f"toolchain of {p.name}", step) for p in plan.platforms for step in p.toolchain or ()]
    copies = (
        f"{check.name}: with a copy of {source} as {target}"
        for check in plan.checks
        for target, source in check.carry.items()
    )
    given = [(check.name, check.env) for check in plan.checks]
    given += [(f"{c.name} on {name}", o.env or ()) for c in plan.checks for name, o in c.on.items()]
    secrets = (f"{name}: sees {', '.join(env)} of this environment" for name, env in given if env)
    steps = (f"{name}: {shlex.join(step)}" for name, step in (*checks, *tools))
    masters = (
        f"{runner.name}: gets your password and commits: {runner.url}"
        for runner in plan.runners
        if runner.kind is RunnerKind.BUILDBOT
    )
    return (*steps, *copies, *secrets, *masters)


def _remembered(folder: Path) -> frozenset[str]:
    try:
        return frozenset((folder / _FILE).read_text(encoding="ascii").split())
    except FileNotFoundError:
        return frozenset()


def _digest(plan: Plan) -> str:
    commands: list[object] = [[check.name, check.run, check.env] for check in plan.checks]
    commands += [[c.name, name, o.run, o.env] for c in plan.checks for name, o in c.on.items()]
    commands += [[each.name, each.toolchain] for each in plan.platforms if each.toolchain]
    commands += [[check.name, sorted(check.carry.items())] for check in plan.checks if check.carry]
    # who answers there gets a password, and its word counts
    commands += [[each.name, each.url, each.push] for each in plan.runners if each.url]
    return hashlib.sha256(json.dumps(commands).encode("ascii")).hexdigest()
