"""What this token may do, proved before it is needed: push to the fork, open pull requests.

Nothing is written: git asks by a dry run, and the forge is asked for what it refuses in any case.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from stacker.doctor.finding import ok, problem, warning
from stacker.forge.answers import printable
from stacker.forge.api import Permission
from stacker.git.process import Git
from stacker.git.push import would_refuse
from stacker.series.plan.choices import Landing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from stacker.doctor.finding import Finding
    from stacker.doctor.reach import Reach, ReadForge
    from stacker.forge.api import Identity, RepositoryFacts
    from stacker.series.lock import Lock
    from stacker.series.plan.model import Repository

MAY_PUSH = frozenset({Permission.WRITE, Permission.ADMIN})
_SOON = 7  # days
_PUBLIC = frozenset({"repo", "public_repo"})


def examine_token(reach: Reach, who: Identity) -> Finding:
    """Its kind, its scopes, and how long it is still good for."""
    if who.scopes is None:
        said = "fine-grained: no scopes, but single repositories; what it may do there is below"
    else:
        said = f"classic, with the scopes {printable(', '.join(sorted(who.scopes))) or '(none)'}"
        if not who.scopes & _PUBLIC:
            hint = f"Make one that has `public_repo`: {new_classic(reach)}"
            return problem("token", f"{said}: it may write nowhere", hint)
    if not who.expires:
        return ok("token", said)
    said = f"{said}; it expires on {printable(who.expires)}"
    left = _days_left(who.expires, reach.now)
    if left is not None and left < _SOON:
        return warning("token", said, f"Make a new one in time: {reach.site}/settings/tokens")
    return ok("token", said)


def examine_workflows(reach: Reach, who: Identity, store: Path, lock: Lock) -> Iterator[Finding]:
    """GitHub lets no classic token without `workflow` bring a workflow that changed, not even by
    upstream's hand; said where upstream has some. `store` is the object store, which may lack."""
    if who.scopes is None or "workflow" in who.scopes or not (store / "HEAD").is_file():
        return
    git = Git(store)
    for name, base in lock.bases.items():
        if git.attempt("cat-file", "-e", f"{base}:.github/workflows").code == 0:
            said = f"{name} has some, and the token lacks the scope `workflow`"
            hint = f"A push with one that changed is refused; add the scope: {new_classic(reach)}"
            yield warning("workflows", said, hint)


def examine_rights(
    reach: Reach, forge: ReadForge, repository: Repository, upstream: RepositoryFacts
) -> Iterator[Finding]:
    """Where the branches of a repository of the plan go, and whether pull requests may follow."""
    yield _branches(reach, forge, repository, upstream)
    if repository.landing is Landing.HAND_OFF:
        yield ok(f"pulls {repository.name}", "none: the plan hands it over")
        return
    yield may_open(reach, forge, repository, repository.branch or upstream.default_branch)


def may_open(reach: Reach, forge: ReadForge, repository: Repository, trunk: str) -> Finding:
    """Whether this token may open pull requests upstream."""
    what, upstream = f"pulls {repository.name}", repository.upstream
    owner = (repository.fork or upstream).partition("/")[0]
    against = forge.against_opening(upstream, owner, trunk)
    if against is None:
        return ok(what, f"this token may open pull requests in {upstream}")
    hint = (
        "A fine-grained token opens them only in repositories of its owner. Set GITHUB_TOKEN to "
        f"a classic one that has `public_repo`: {new_classic(reach)}"
    )
    return problem(what, f"this token may open no pull requests in {upstream}: {against}", hint)


def _branches(
    reach: Reach, forge: ReadForge, repository: Repository, upstream: RepositoryFacts
) -> Finding:
    """The repository that our branches go to."""
    what = f"branches {repository.name}"
    if repository.fork is None:
        if upstream.permission not in MAY_PUSH:
            hint = f"Fork it, and name the fork: `fork = ...` in repositories.{repository.name}."
            return problem(what, f"this token may not push to {repository.upstream}", hint)
        said = f"go to {repository.upstream} itself, where git may push"
        return git_may_push(reach, repository, repository.upstream, ok(what, said))
    fork = forge.repository(repository.fork)
    if fork is None:
        hint = "`stacker submit --create-fork` makes it; or correct `fork` in series.toml."
        return problem(what, f"the forge shows no {repository.fork}", hint)
    if fork.permission not in MAY_PUSH:
        hint = f"Use a token of somebody who may write to it: {new_classic(reach)}"
        return problem(what, f"this token may not push to {repository.fork}", hint)
    if not fork.is_fork or (fork.parent or "").casefold() != repository.upstream.casefold():
        hint = (
            "A pull request can only come from a fork of its upstream: "
            f"{reach.site}/{repository.upstream}/fork"
        )
        return problem(what, f"{repository.fork} is no fork of {repository.upstream}", hint)
    good = ok(what, f"go to {repository.fork}, where git may push")
    return git_may_push(reach, repository, repository.fork, good)


def git_may_push(reach: Reach, repository: Repository, name: str, good: Finding) -> Finding:
    """`good`, if git may push to the repository `name` of the forge too."""
    words = would_refuse(f"{reach.site}/{name}.git", reach.upstreams[repository.name].credential)
    if words is None:
        return good
    hint = (
        f"The token needs *Contents: write* in {name} (fine-grained, "
        f"{reach.site}/settings/personal-access-tokens), or `public_repo`: {new_classic(reach)}"
    )
    return problem(good.name, f"git may not push to {name}: {printable(words)}", hint)


def new_classic(reach: Reach) -> str:
    """The page that makes a token that may do what a porter needs."""
    return f"{reach.site}/settings/tokens/new?scopes=public_repo,workflow"


def _days_left(expires: str, now: int) -> int | None:
    try:
        return (date.fromisoformat(expires) - datetime.fromtimestamp(now, UTC).date()).days
    except ValueError:
        return None
