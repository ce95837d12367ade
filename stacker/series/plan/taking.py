"""Whether any repository of a plan takes pull requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.series.plan.choices import Landing
from stacker.series.plan.upstream import UpstreamKind

if TYPE_CHECKING:
    from stacker.series.plan.model import Plan


def takes_pulls(plan: Plan) -> bool:
    """Whether any repository of the plan takes pull requests, so that a forge is to be asked."""
    return any(
        one.kind is UpstreamKind.FORGE and one.landing is not Landing.HAND_OFF
        for one in plan.repositories
    )
