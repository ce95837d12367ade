"""Whether a person has agreed to run the commands of this plan, here and where it says."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from stacker.series.plan.model import Plan

_FILE = "trusted"


def is_trusted(folder: Path, plan: Plan) -> bool:
    """Whether these very commands were trusted before; `folder` is the series' `.stacker`."""
    return not plan.checks or _digest(plan) in _remembered(folder)


def trust(folder: Path, plan: Plan) -> None:
    """Remember that the plan's commands may run, until one of them changes."""
    if is_trusted(folder, plan):
        return
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / _FILE).open("a", encoding="ascii", newline="\n") as file:
        file.write(f"{_digest(plan)}\n")


def _remembered(folder: Path) -> frozenset[str]:
    try:
        return frozenset((folder / _FILE).read_text(encoding="ascii").split())
    except FileNotFoundError:
        return frozenset()


def _digest(plan: Plan) -> str:
    commands: list[object] = [[check.name, check.run, check.env] for check in plan.checks]
    commands += [[c.name, name, o.run, o.env] for c in plan.checks for name, o in c.on.items()]
    commands += [[each.name, each.toolchain] for each in plan.platforms if each.toolchain]
    # who answers there gets a password, and its word counts
    commands += [[each.name, each.url, each.push] for each in plan.runners if each.url]
    return hashlib.sha256(json.dumps(commands).encode("ascii")).hexdigest()
