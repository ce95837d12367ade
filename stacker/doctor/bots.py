"""Build masters: do they answer, take the password, and have what the plan asks them for?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.doctor.finding import failed, ok, warning
from stacker.errors import StackerError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from stacker.bots.values import Access
    from stacker.doctor.finding import Finding
    from stacker.series.plan.model import Plan


def examine_bots(masters: Mapping[str, Access], plan: Plan) -> Iterator[Finding]:
    """Each of the masters, by the plan's name of it; without an account nobody logs in."""
    from stacker.bots.master import Master  # noqa: PLC0415 - an HTTP client, seldom needed
    from stacker.bots.orders import builders  # noqa: PLC0415 - as above

    for name, access in masters.items():
        what = f"runner {name}"
        wanted = builders_wanted(plan, name)
        try:
            with Master(access.url, access.account) as master:
                master.login()
                builders(master, access.scheduler, wanted)
        except StackerError as exc:
            yield failed(what, exc)
            continue
        said = f"{access.url}, scheduler {access.scheduler}, builders {', '.join(wanted)}"
        if access.account is None:
            hint = "Set STACKER_BUILDBOT_USER and STACKER_BUILDBOT_PASSWORD, and agree to the "
            yield warning(what, f"{said}; nobody logged in", f"{hint}plan: stacker verify --trust")
        else:
            yield ok(what, f"{said}, as {access.account.user}")


def builders_wanted(plan: Plan, runner: str) -> list[str]:
    """The builders that the plan's checks need there."""
    return sorted(
        {
            check.builder(platform)
            for platform in plan.platforms
            if platform.runner == runner
            for check in plan.checks
            if not check.platforms or platform.name in check.platforms
        }
    )
