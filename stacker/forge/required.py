"""Whether what a branch requires has passed. Pure, and closed where something is not told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.forge.api import CIState, RequiredCheck

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stacker.forge.api import CIResult


def lacking(
    results: Iterable[CIResult], required: Iterable[RequiredCheck]
) -> tuple[RequiredCheck, ...]:
    """Those of the required checks that have not passed, in their order.

    One has passed when all that is reported under its name succeeded, statuses and check runs
    alike, and something is; of one that is bound to an app, when that app reported some of it.
    What is skipped, neutral or pending has not passed, and neither has the right name from the
    wrong app.
    """
    said: dict[str, list[CIResult]] = {}
    for result in results:
        said.setdefault(result.name, []).append(result)
    return tuple(check for check in required if not _passed(check, said.get(check.name, [])))


def why_not(check: RequiredCheck, results: Iterable[CIResult], where: str = "") -> str:
    """The same of one check that has not passed, in words; `where` says on what."""
    on = where and f" {where}"
    if lacking(results, [RequiredCheck(check.name)]) or check.app is None:
        return f"{check.name} has not passed{on}"
    said = f"{check.name} has passed{on}"
    return f"{said}, but it is not app {check.app} that said so, as the rules ask"


def _passed(check: RequiredCheck, said: list[CIResult]) -> bool:
    good = bool(said) and all(one.state is CIState.SUCCESS for one in said)
    return good and (check.app is None or any(one.app == check.app for one in said))
