"""Whether upstream's CI knows the CI checks that the plan goes by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.doctor.finding import failed, ok, warning
from stacker.errors import StackerError
from stacker.forge.answers import printable
from stacker.forge.api import CISource
from stacker.forge.cache import known_pulls
from stacker.series.plan.ci_checks import ci_checks
from stacker.series.plan.naming import did_you_mean, listed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from stacker.doctor.finding import Finding
    from stacker.doctor.reach import Reach, ReadForge
    from stacker.forge.api import CIResult
    from stacker.series.plan.ci_checks import CICheck
    from stacker.series.plan.model import Plan, Repository


def examine_ci(reach: Reach, plan: Plan, state: Path) -> Iterator[Finding]:
    """Each CI check of the plan, among those of the branch's tip and of the pull requests that
    were read last; `state` is `.stacker`."""
    wanted: dict[str, list[CICheck]] = {}
    for name, check in ci_checks(plan):
        wanted.setdefault(name, []).append(check)
    if reach.forge is None:
        return
    for name, checks in wanted.items():
        repository = plan.repository(name)
        try:
            seen = _seen(reach.forge, repository, state)
        except StackerError as exc:
            yield failed(f"CI {name}", exc)
            continue
        if repository.branch is None:
            said = f"{repository.upstream}: what its pull requests' runs build is never known"
            hint = f"Name the branch in series.toml, as `branch` of repositories.{name}."
            yield warning(f"CI {name}", said, hint)
        for check in checks:
            yield _check(f"CI {name}", check, seen)


def _seen(forge: ReadForge, repository: Repository, state: Path) -> tuple[CIResult, ...]:
    seen: list[CIResult] = []
    if repository.branch is not None:
        seen += forge.tip_checks(repository.upstream, repository.branch, repository.branch).checks
    for pull in known_pulls(state).values():
        seen += pull.checks if pull.repository == repository.upstream else ()
    return tuple(seen)


def _check(what: str, check: CICheck, seen: Sequence[CIResult]) -> Finding:
    named = [one for one in seen if one.name == check.name]
    if not named:
        names = list(dict.fromkeys(printable(one.name) for one in seen))
        there = f"seen there: {listed(names)}" if names else "none was seen there yet"
        near = did_you_mean(check.name, names) or there
        hint = f"Mend `builder` in series.toml; {near}"
        return warning(what, f"no CI check {check.name!r} was ever seen", hint)
    if not check.app:
        hint = f"Name the app as `app` of runners.{check.runner}; {_makers(named)}."
        return warning(what, f"{check.name!r} is only shown: the plan names no app", hint)
    if not any(one.source is CISource.CHECK_RUN and one.creator == check.app for one in named):
        hint = f"It counts only from {check.app}; {_makers(named)}."
        return warning(what, f"{check.name!r} was never made by {check.app}", hint)
    return ok(what, f"{check.name!r}, by {check.app}")


def _makers(named: Sequence[CIResult]) -> str:
    makers = [printable(one.creator) for one in named if one.source is CISource.CHECK_RUN]
    said = listed(dict.fromkeys(maker or "no app" for maker in makers))
    return f"it was made by {said}" if said else "it is a status, which no app stands behind"
