"""The rules that a plan keeps as a whole: names, repositories, runners and platforms."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from stacker.series.plan.choices import Preset, Publish, RunnerKind
from stacker.series.plan.model import DEMO_FORGE
from stacker.series.plan.naming import (
    did_you_mean,
    listed,
    wrong_with_branch,
    wrong_with_glob,
)
from stacker.series.plan.upstream import (
    UpstreamKind,
    carries_secret,
    is_forge_url,
    is_secure_url,
    upstream_kind,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from stacker.series.plan.drafting import Draft, Entry
    from stacker.series.plan.model import Platform, Repository, Runner
    from stacker.series.plan.problems import Report
    from stacker.series.plan.toml_places import Path

_PLACEHOLDER = r"\{(stage|base|jobs|repo:[^{}]+)\}"


def refuse_unknown(
    name: str, known: Collection[str], kind: str, path: Path, report: Report
) -> bool:
    """Reports a name that is none of the known ones; tells whether it did."""
    if name in known:
        return False
    way_out = did_you_mean(name, known) if report.helps else None
    if way_out is None:
        way_out = f"the plan has: {listed(known)}" if known else f"the plan has no {kind}"
    report.add(path, f"no {kind} {name[:80]!r}", way_out=way_out)
    return True


def refuse_globs(globs: Iterable[str], path: Path, report: Report, *, keys: bool = False) -> None:
    """Reports the globs in the array at `path` that leave the tree; or, as `keys`, of a table."""
    for position, glob in enumerate(globs):
        wrong = wrong_with_glob(glob)
        if wrong:
            at = (*path, glob if keys else position)
            report.add(at, f"the glob {glob[:80]!r} {wrong}", key=keys)


def check_series(draft: Draft, report: Report) -> None:
    """The forge is one that can be reached safely; the home holds no secret."""
    refuse_globs(draft.residue, ("series", "residue"), report, keys=True)
    forge = draft.forge
    if forge is not None and forge != DEMO_FORGE:
        if carries_secret(forge):
            report.add(("series", "forge"), "holds a secret; a plan is shared")
        elif not is_forge_url(forge):
            way_out = f"write https://HOST, {DEMO_FORGE!r}, or nothing for github.com"
            report.add(("series", "forge"), f"no forge {forge[:80]!r}", way_out=way_out)
    if draft.home is not None:
        if carries_secret(draft.home):
            report.add(("series", "home"), "holds a secret; a plan is shared")
        elif upstream_kind(draft.home) is None:
            way_out = "write OWNER/NAME, a URL, or a path that starts with '.' or '/'"
            report.add(("series", "home"), f"no repository {draft.home[:80]!r}", way_out=way_out)


def check_repositories(draft: Draft, report: Report) -> None:
    """There is a repository, and each can be fetched from and published to."""
    told = any(problem.key.startswith("repositories") for problem in report.problems)
    if not (draft.repositories or told):
        message = "is missing: a plan has one repository or more"
        report.add(
            ("repositories",),
            message,
            way_out="write [repositories.NAME] with an upstream",
            key=True,
        )
    for entry in draft.repositories:
        _check_repository(entry, report)


def _check_repository(entry: Entry[Repository], report: Report) -> None:
    repository, path = entry.value, entry.path
    kind = upstream_kind(repository.upstream)
    if carries_secret(repository.upstream):
        report.add((*path, "upstream"), "holds a secret; a plan is shared")
    elif repository.upstream and kind is None:
        report.add(
            (*path, "upstream"),
            f"no repository {repository.upstream[:80]!r}",
            way_out="write OWNER/NAME, a URL, or a path that starts with '.', '/', '~' or a drive",
        )
    wrong = repository.branch is not None and wrong_with_branch(repository.branch)
    if wrong:
        report.add((*path, "branch"), f"the branch {str(repository.branch)[:80]!r} {wrong}")
    _check_preset(entry, report)
    if repository.fork is None:
        return
    if upstream_kind(repository.fork) is not UpstreamKind.FORGE:
        message = f"no fork {repository.fork[:80]!r}"
        report.add((*path, "fork"), message, way_out="write OWNER/NAME on the forge")
    elif kind is not None and kind is not UpstreamKind.FORGE:
        report.add(
            (*path, "fork"),
            f"a fork needs an upstream on the forge, and {repository.upstream[:80]!r} is a {kind}",
            way_out="leave the fork out, or write the upstream as OWNER/NAME",
        )


def _check_preset(entry: Entry[Repository], report: Report) -> None:
    """CPython's developers ask that nobody pushes by force to a branch that is under review."""
    repository = entry.value
    if repository.preset is Preset.CPYTHON and repository.publish is Publish.REWRITE:
        report.add(
            (*entry.path, "publish" if "publish" in entry.written else "preset"),
            "the preset 'cpython' goes with no branches that are rewritten: a force-push loses "
            "what reviewers have seen",
            way_out='write publish = "append"',
        )


def check_platforms(draft: Draft, report: Report) -> None:
    """Runners can be reached, and platforms are built by one that exists."""
    for runner in draft.runners:
        _check_runner(runner, report)
    runners = [entry.value.name for entry in draft.runners]
    for entry in draft.platforms:
        _check_platform(entry, runners, report)


def _check_runner(entry: Entry[Runner], report: Report) -> None:
    runner = entry.value
    if runner.kind is RunnerKind.BUILDBOT and "url" not in entry.written:
        report.add((*entry.path, "url"), "is missing: a buildbot is reached by its URL", key=True)
    if runner.app is not None and runner.kind is not RunnerKind.GITHUB:
        said = f"only a github runner goes by an app, and this is a {runner.kind} one"
        report.add((*entry.path, "app"), said, way_out='write kind = "github"')
    if runner.url is None:
        pass
    elif carries_secret(runner.url):
        report.add((*entry.path, "url"), "holds a secret; a plan is shared")
    elif not is_secure_url(runner.url) or {"?", "#"} & set(runner.url):
        message = f"no address of a runner {runner.url[:80]!r}"
        report.add((*entry.path, "url"), message, way_out="write https://HOST/PATH")
    if runner.push is None:
        return
    if carries_secret(runner.push):
        report.add((*entry.path, "push"), "holds a secret; a plan is shared")
    elif upstream_kind(runner.push) is None:
        message = f"no repository {runner.push[:80]!r}"
        report.add((*entry.path, "push"), message, way_out="write OWNER/NAME, a URL or a path")


def _check_platform(entry: Entry[Platform], runners: list[str], report: Report) -> None:
    platform, path = entry.value, entry.path
    if platform.runner is not None:
        refuse_unknown(platform.runner, runners, "runner", (*path, "runner"), report)
    elif platform.builder is not None and "runner" not in entry.written:
        report.add(
            (*path, "builder"),
            "a builder belongs to a runner, and this platform has none",
            way_out=f"add runner = {runners[0]!r}" if len(runners) == 1 else "add runner = NAME",
        )
    for argv in platform.toolchain or ():
        for found in dict.fromkeys(re.findall(_PLACEHOLDER, " ".join(argv))):
            report.add(
                (*path, "toolchain"),
                f"{{{found[:80]}}} says nothing about a toolchain",
                way_out="its commands may use {platform} and {python}",
            )
