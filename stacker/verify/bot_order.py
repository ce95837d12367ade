"""What a bot is asked to build: the commit, under which names, and the commands that are to run."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from stacker.bots.values import Order
from stacker.verify.commands import fill
from stacker.verify.environment import asked_for

if TYPE_CHECKING:
    from stacker.bots.values import Identity
    from stacker.verify.matrix import Cell
    from stacker.verify.request import VerifyRequest

_FIRST = 1000


def builder_of(cell: Cell) -> str:
    """The runner's name of what builds the cell."""
    return cell.check.builder(cell.platform)


def order_of(
    request: VerifyRequest, cell: Cell, identity: Identity, branch: str, number: int
) -> Order:
    """The order for the cell's build, the `number`-th of this run, from 0; `branch` has its commit.

    Earlier ones go first: those that are asked for in one second would start in any order.
    """
    return Order(
        builder=builder_of(cell),
        branch=branch,
        commit=identity.commit,
        priority=max(0, _FIRST - number),
        reason=f"stacker verify: {cell.stage}: {cell.check.name} for {cell.platform.name}",
        properties=_properties(request, cell, identity),
    )


def _properties(request: VerifyRequest, cell: Cell, identity: Identity) -> dict[str, str]:
    """What the builder is told; `{jobs}` and `{python}` are the worker's to fill."""
    stage = request.stages[cell.stage]
    values = {
        "platform": cell.platform.name,
        "stage": stage.stage,
        "base": stage.base,
        "jobs": "{jobs}",
        "python": "{python}",
    }
    return {
        "stacker_key": identity.key,
        "stacker_attempt": str(identity.attempt),
        "stacker_commit": identity.commit,
        "stacker_series": request.plan.name,
        "stacker_stage": stage.stage,
        "stacker_check": cell.check.name,
        "stacker_platform": cell.platform.name,
        "stacker_base": stage.base,
        "stacker_timeout": f"{cell.check.timeout:g}",
        "stacker_run": json.dumps([fill(step, values) for step in cell.check.run]),
        "stacker_env": json.dumps(asked_for(request.environment, cell.check.env)),
    }
