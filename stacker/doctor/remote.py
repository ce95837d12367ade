"""Upstream and forge: can they be reached, and what may this token do there? Only reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from stacker.doctor.finding import failed, ok, problem, warning
from stacker.errors import StackerError
from stacker.forge.api import Permission
from stacker.git import transfer
from stacker.series.plan.upstream import UpstreamKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from stacker.doctor.finding import Finding
    from stacker.forge.api import BranchTip, Protection, RepositoryFacts
    from stacker.series.plan.model import Plan, Repository
    from stacker.series.workspace import Upstream

_MAY_PUSH = frozenset({Permission.WRITE, Permission.ADMIN})


class ReadForge(Protocol):
    """What the doctor asks of a forge."""

    def whoami(self) -> str:
        """The login behind the token."""
        ...

    def repository(self, name: str) -> RepositoryFacts | None:
        """A repository; `None` when the token may not see it."""
        ...

    def protection(self, repository: str, branch: str) -> Protection | None:
        """What a branch demands."""
        ...

    def tip_checks(self, repository: str, branch: str, other: str) -> BranchTip:
        """The tip of a branch with its CI checks, and that of another one."""
        ...


@dataclass(frozen=True, slots=True)
class Reach:
    """Where upstreams and forge are; `forge` is `None` without a token. `demo` says that the
    forge is the hub of this directory."""

    site: str
    demo: bool
    upstreams: Mapping[str, Upstream]
    forge: ReadForge | None


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


def examine_forge(reach: Reach, plan: Plan) -> Iterator[Finding]:
    """Who we are on the forge, and what we may do there."""
    repositories = [r for r in plan.repositories if r.kind is UpstreamKind.FORGE]
    if not repositories:
        yield ok("forge", "the plan needs none")
        return
    if reach.forge is None:
        hint = "Set GITHUB_TOKEN, or log in with `gh auth login`; submit and land need it."
        yield warning("forge", f"there is no token for {reach.site}", hint)
        return
    where = "the demo's hub in .stacker/hub" if reach.demo else reach.site
    try:
        yield ok("forge", f"{where}, as {reach.forge.whoami()}")
    except StackerError as exc:
        yield failed("forge", exc)
        return
    for repository in repositories:
        try:
            yield from _repository(reach.forge, repository)
        except StackerError as exc:
            yield failed(f"forge {repository.name}", exc)


def _repository(forge: ReadForge, repository: Repository) -> Iterator[Finding]:
    what = f"forge {repository.name}"
    facts = forge.repository(repository.upstream)
    if facts is None:
        hint = "Check its name; or the token may not see it."
        yield problem(what, f"the forge shows no {repository.upstream}", hint)
        return
    yield ok(what, f"{repository.upstream}: this token has the right to {_right(facts.permission)}")
    yield _branches(forge, repository, facts)
    branch = repository.branch or facts.default_branch
    rules = forge.protection(repository.upstream, branch)
    yield ok(f"rules {repository.name}", f"{branch}: {_rules(rules)}")


def _branches(forge: ReadForge, repository: Repository, upstream: RepositoryFacts) -> Finding:
    """The repository that our branches go to."""
    what = f"branches {repository.name}"
    if repository.fork is None:
        if upstream.permission in _MAY_PUSH:
            return ok(what, f"go to {repository.upstream} itself")
        hint = f"Fork it, and name the fork: `fork = ...` in repositories.{repository.name}."
        return problem(what, f"this token may not push to {repository.upstream}", hint)
    fork = forge.repository(repository.fork)
    if fork is None:
        hint = f"Fork {repository.upstream} on the forge, or correct `fork` in series.toml."
        return problem(what, f"the forge shows no {repository.fork}", hint)
    if fork.permission not in _MAY_PUSH:
        hint = "Use a token of its owner, with the right to write its contents."
        return problem(what, f"this token may not push to {repository.fork}", hint)
    if not fork.is_fork or (fork.parent or "").casefold() != repository.upstream.casefold():
        hint = "A pull request can only come from a fork of its upstream."
        return problem(what, f"{repository.fork} is no fork of {repository.upstream}", hint)
    return ok(what, f"go to {repository.fork}")


def _right(permission: Permission) -> str:
    return "do nothing" if permission is Permission.NONE else str(permission)


def _rules(rules: Protection | None) -> str:
    if rules is None:
        return "not protected"
    checks = ", ".join(rules.required_checks) or "none"
    if not rules.complete:
        return f"protected; required CI checks: {checks}; the other rules only its admins see"
    ways = " only through pull requests;" if rules.through_pulls else ""
    return f"protected;{ways} required CI checks: {checks}; approvals: {rules.approvals}"
