"""What the checks of a plan must hold to: names, what they refer to, and their own needs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from stacker.series.plan.checking import refuse_globs, refuse_unknown
from stacker.series.plan.model import Check
from stacker.series.plan.naming import same_file, wrong_with_path
from stacker.series.plan.order import CycleError, needs_first

if TYPE_CHECKING:
    from stacker.series.plan.drafting import Draft, Entry
    from stacker.series.plan.problems import Report
    from stacker.series.plan.toml_places import Path

_REPOSITORY = r"\{repo:([^{}]*)\}"
_VARIABLE = r"[A-Za-z_][A-Za-z0-9_()]*"
_TOKENS = frozenset({"GITHUB_TOKEN", "GH_TOKEN", "GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN"})


def check_checks(draft: Draft, report: Report) -> None:
    """Checks have different names and use repositories, platforms and files that are there."""
    first: dict[str, Path] = {}
    for entry in draft.checks:
        name = entry.value.name
        other = first.setdefault(name.casefold(), entry.path)
        if name and other != entry.path:
            report.add((*entry.path, "name"), f"there is a check {name!r} already, above")
        _check_check(entry, draft, report)
        _check_needs(entry, draft, report)
    _refuse_cycle(draft, report)


def _check_check(entry: Entry[Check], draft: Draft, report: Report) -> None:
    check, path = entry.value, entry.path
    repositories = [each.value.name for each in draft.repositories]
    platforms = [each.value.name for each in draft.platforms]
    if "repository" in entry.written and check.repository:
        refuse_unknown(check.repository, repositories, "repository", (*path, "repository"), report)
    for position, platform in enumerate(check.platforms):
        refuse_unknown(platform, platforms, "platform", (*path, "platforms", position), report)
    if check.min_passes > check.attempts:
        at, said = (*path, "min_passes"), f"{check.min_passes} passes need as many attempts"
        report.add(at, said, way_out=f"write attempts = {check.min_passes} or more")
    wrong = check.results and wrong_with_path(check.results)
    if wrong:
        report.add((*path, "results"), f"the path {str(check.results)[:80]!r} {wrong}")
    _check_carry(check, (*path, "carry"), report)
    _check_settings(check, path, repositories, report)
    for name, given in check.on.items():
        at = (*path, "on", name)
        known = not refuse_unknown(name, platforms, "platform", at, report)
        if known and check.platforms and name not in check.platforms:
            report.add(at, f"the check does not run for {name}", way_out="add it to its platforms")
        override = Check("", given.run or (), "", paths=given.paths or (), env=given.env or ())
        _check_settings(override, at, repositories, report)


def _check_settings(check: Check, path: Path, repositories: list[str], report: Report) -> None:
    """What stands in a check and may stand in each of its `on`."""
    refuse_globs(check.paths, (*path, "paths"), report)
    for position, variable in enumerate(check.env):
        if variable.upper() in _TOKENS:
            report.add((*path, "env", position), f"{variable} holds a token; no build is given one")
        elif not re.fullmatch(_VARIABLE, variable):
            report.add((*path, "env", position), f"no name of a variable: {variable[:80]!r}")
    _check_placeholders(check, path, repositories, report)


def _check_carry(check: Check, path: Path, report: Report) -> None:
    """Each has a place of its own in the lane."""
    seen: list[str] = []
    for target in check.carry:
        wrong, own = wrong_with_path(target), same_file(target)
        other = next(
            (o for o in seen if f"{own}/".startswith(f"{o}/") or o.startswith(own + "/")), ""
        )
        if wrong:
            report.add((*path, target), f"the path {target[:80]!r} {wrong}", key=True)
        elif other:
            report.add((*path, target), f"{target[:80]!r} and {other[:80]!r} overlap", key=True)
        seen.append(own)
    if check.results:  # removed before each run
        own = same_file(check.results)
        for target in (one for one in seen if f"{one}/".startswith(f"{own}/")):
            said = f"{check.results[:80]!r} would take away {target[:80]!r}, which is carried"
            report.add((*path[:-1], "results"), said)


def _check_needs(entry: Entry[Check], draft: Draft, report: Report) -> None:
    """They are other checks of the same repository."""
    homes = {each.value.name: each.value.repository for each in draft.checks}
    for position, need in enumerate(entry.value.needs):
        at = (*entry.path, "needs", position)
        if refuse_unknown(need, homes, "check", at, report):
            continue
        if homes[need] != entry.value.repository:
            report.add(at, f"the check {need[:80]!r} is about {homes[need]}, another repository")


def _refuse_cycle(draft: Draft, report: Report) -> None:
    try:
        needs_first({each.value.name: each.value.needs for each in draft.checks})
    except CycleError as circle:
        first = next(each for each in draft.checks if each.value.name == circle.path[0])
        path = " -> ".join(circle.path)
        report.add((*first.path, "needs"), f"checks need each other in a circle: {path}")


def _check_placeholders(check: Check, path: Path, repositories: list[str], report: Report) -> None:
    for outer, argv in enumerate(check.run):
        for inner, word in enumerate(argv):
            for name in dict.fromkeys(re.findall(_REPOSITORY, word)):
                if name not in repositories:
                    nested: Path = (*path, "run", outer, inner)
                    is_nested = nested in report.source.places
                    at = nested if is_nested else (*path, "run", inner)
                    refuse_unknown(name, repositories, "repository", at, report)
