"""Upstream and forge: can they be reached, and what may this token do there? Only reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.doctor.cla import cla_finding
from stacker.doctor.coordinator import examine_landing
from stacker.doctor.finding import failed, ok, problem, warning
from stacker.doctor.gate import Place, examine_gate
from stacker.doctor.rights import examine_rights, examine_token, examine_workflows
from stacker.doctor.rules import rules_text
from stacker.errors import StackerError
from stacker.forge.answers import printable
from stacker.forge.api import Permission
from stacker.git import transfer
from stacker.series.plan.choices import Landing
from stacker.series.plan.upstream import UpstreamKind

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from stacker.doctor.finding import Finding
    from stacker.doctor.reach import Reach, ReadForge
    from stacker.series.directory import SeriesDirectory
    from stacker.series.lock import Lock
    from stacker.series.plan.model import Plan, Repository


def examine_upstreams(reach: Reach, here: Path) -> Iterator[Finding]:
    """Whether git reaches every upstream branch; `here` is any existing folder."""
    for name, upstream in reach.upstreams.items():
        what = f"upstream {name}"
        try:
            offered = transfer.ask(upstream.url, here, upstream.credential)
        except StackerError as exc:
            yield failed(what, exc)
            continue
        branch = upstream.branch or offered.head
        tip = offered.refs.get(f"refs/heads/{branch}")
        if tip is None:
            hint = f"Set `branch` of repositories.{name} in series.toml."
            yield problem(what, f"it has no branch {branch!r}", hint)
        else:
            yield ok(what, f"{branch} is at {tip[:10]}")


def examine_forge(
    reach: Reach, plan: Plan, directory: SeriesDirectory, lock: Lock, *, landing: bool
) -> Iterator[Finding]:
    """Who we are on the forge, and what we may do there: a porter, or `landing` a coordinator."""
    repositories = [r for r in plan.repositories if r.kind is UpstreamKind.FORGE]
    if not repositories:
        yield ok("forge", "the plan needs none")
        return
    if reach.forge is None:
        hint = "Set GITHUB_TOKEN, or log in with `gh auth login`; submit and land need it."
        yield warning("forge", f"there is no token for {reach.site}", hint)
        return
    forge = reach.forge
    where = "the demo's hub in .stacker/hub" if reach.demo else reach.site
    try:
        who = forge.identity()
        yield ok("forge", f"{where}, as {printable(who.login)}")
        yield examine_token(reach, who)
        yield from examine_workflows(reach, who, directory.store, lock)
    except StackerError as exc:
        yield failed("forge", exc)
        return
    for repository in repositories:
        try:
            yield from _repository(reach, forge, repository, plan=plan, lock=lock, landing=landing)
        except StackerError as exc:
            yield failed(f"forge {repository.name}", exc)


def _repository(
    reach: Reach, forge: ReadForge, repository: Repository, *, plan: Plan, lock: Lock, landing: bool
) -> Iterator[Finding]:
    facts = forge.repository(repository.upstream)
    what = f"forge {repository.name}"
    if facts is None:
        page = f"{reach.site}/{repository.upstream}"
        hint = f"Check its name; or the token may not see it: {page}"
        yield problem(what, f"the forge shows no {repository.upstream}", hint)
        return
    may = f"this token has the right to {_right(facts.permission)}"
    yield ok(what, f"{repository.upstream}: {may}")
    trunk = repository.branch or facts.default_branch
    handed = repository.landing is Landing.HAND_OFF
    rules = None if landing and handed else forge.protection(repository.upstream, trunk)
    if landing:
        yield from examine_landing(reach, forge, repository, facts, rules=rules)
    else:
        yield from examine_rights(reach, forge, repository, facts)
        yield ok(f"rules {repository.name}", f"{trunk}: {rules_text(rules)}")
        yield _cla(forge, repository, lock)
    if not handed:
        yield from examine_gate(forge, Place(repository, trunk, rules), plan, lock)


def _cla(forge: ReadForge, repository: Repository, lock: Lock) -> Finding:
    ours = [line.pull for line in lock.stages if line.repository == repository.name and line.pull]
    return cla_finding(f"CLA {repository.name}", forge.pulls(repository.upstream, ours))


def _right(permission: Permission) -> str:
    return "do nothing" if permission is Permission.NONE else str(permission)
