"""What a landing needs of the coordinator's token and machine (`stacker doctor --for land`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.doctor.finding import failed, ok, problem, warning
from stacker.doctor.rights import MAY_PUSH, git_may_push, may_open
from stacker.doctor.rules import rules_text
from stacker.errors import StackerError
from stacker.forge.api import MergeMethod
from stacker.series.plan.choices import Landing
from stacker.verify.signers import signers_of
from stacker.verify.trust import is_trusted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from stacker.doctor.finding import Finding
    from stacker.doctor.reach import Reach, ReadForge
    from stacker.forge.api import Protection, RepositoryFacts
    from stacker.series.plan.model import Plan, Repository

_STRONGEST = (MergeMethod.REBASE, MergeMethod.MERGE, MergeMethod.SQUASH)


def examine_landing(
    reach: Reach,
    forge: ReadForge,
    repository: Repository,
    facts: RepositoryFacts,
    *,
    rules: Protection | None,
) -> Iterator[Finding]:
    """The rights in one upstream that something lands in, on a branch with these rules."""
    what, name = f"land {repository.name}", repository.upstream
    if repository.landing is Landing.HAND_OFF:
        yield ok(what, "its maintainers bring it in; nothing is needed")
        return
    if facts.permission not in MAY_PUSH:
        hint = f"Somebody who may has to run `land`; who may: {reach.site}/{name}/settings/access"
        yield problem(what, f"this token may not write to {name}", hint)
    else:
        yield git_may_push(reach, repository, name, ok(what, f"git may push to {name}"))
    trunk = repository.branch or facts.default_branch
    yield _rules(reach, repository, trunk, rules)
    yield may_open(reach, forge, repository, trunk)
    yield _methods(reach, repository, facts, rules)
    against = forge.against_reporting(name)
    if against is None:
        yield ok(f"statuses {repository.name}", f"this token may set them in {name}")
    else:
        hint = (
            f"The gate needs it: a token with *Commit statuses: write* in {name}, or a classic one "
            f"with `repo:status` of who may push there: {reach.site}/settings/tokens"
        )
        said = f"this token may set none in {name}: {against}"
        yield problem(f"statuses {repository.name}", said, hint)


def examine_machine(state: Path, plan: Plan, key: str | StackerError | None) -> Iterator[Finding]:
    """What a person has to have agreed to here; `state` is `.stacker`, `key` the fingerprint of
    this machine's signing key, or what is wrong with it."""
    if is_trusted(state, plan):
        yield ok("trust", "the plan's checks may run here")
    else:
        hint = "A landing runs them on what it lands. Read them, and agree: stacker verify --trust"
        yield warning("trust", "this plan's checks never ran on this machine", hint)
    signers = signers_of(state, plan)
    if new := [one.name for one in signers.new]:
        hint = "What they signed does not count before you agree: stacker land --trust-signers"
        yield warning("signers", f"not agreed to here: {', '.join(new)}", hint)
    elif signers.named:
        yield ok("signers", f"agreed to here: {', '.join(one.name for one in signers.named)}")
    else:
        yield ok("signers", "the plan names none: only what ran here counts")
    match key:
        case StackerError():
            yield failed("signing key", key)
        case None:
            yield ok("signing key", "none is set; what runs here counts here without one")
        case _:
            yield ok("signing key", f"{key} can sign")


def _rules(reach: Reach, repository: Repository, trunk: str, rules: Protection | None) -> Finding:
    what, said = f"rules {repository.name}", f"{trunk}: {rules_text(rules)}"
    if rules is not None and (rules.restricted or rules.queue) and not rules.bypass:
        hint = f"This token changes {trunk} neither by a push nor by a merge; who may, has to land."
        return warning(what, said, hint)
    if rules is None or rules.complete:
        return ok(what, said)
    where = f"{reach.site}/{repository.upstream}/settings/branches"
    return warning(what, said, f"Ask one of them whether {trunk} takes a push: {where}")


def _methods(
    reach: Reach, repository: Repository, facts: RepositoryFacts, rules: Protection | None
) -> Finding:
    """By what a landing pull request could be merged, the strongest way first."""
    what, linear = f"merging {repository.name}", rules is not None and rules.linear
    some = facts.merge_methods if rules is None else rules.allowed(facts.merge_methods)
    allowed = [m for m in _STRONGEST if m in some]
    usable = [m for m in allowed if not (linear and m is MergeMethod.MERGE)]
    by_pull = repository.landing is Landing.PULL_REQUEST or (
        rules is not None and rules.through_pulls
    )
    where = f"{reach.site}/{repository.upstream}/settings"
    if not usable:
        hint = f"Let it allow one that its branch takes: {where}"
        said = "the forge tells no way of merging that the branch allows"
        return (problem if by_pull else warning)(what, said, hint)
    ways = ", ".join(usable)
    if by_pull and usable == [MergeMethod.SQUASH]:
        hint = f"To keep a commit for each part, let it allow rebase or merge: {where}"
        return warning(what, "only squash: what lands together lands as one commit", hint)
    return ok(what, f"{ways}{'' if by_pull else '; a push goes before'}")
