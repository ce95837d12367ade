"""All rules that hold for a branch, whatever they come from, and those that bind somebody."""

from __future__ import annotations

from dataclasses import replace
from functools import reduce
from typing import TYPE_CHECKING

from stacker.hub import repositories
from stacker.hub.protection import distinct, rules_for
from stacker.hub.rulesets import bypass, in_force, rules_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stacker.hub.call import Site
    from stacker.hub.protection import Required, Rules
    from stacker.hub.records import Account, Repository
    from stacker.hub.state import Database


def all_rules(site: Site, db: Database, repository: Repository, branch: str) -> Rules | None:
    """What a branch asks of somebody who may go past nothing; None: nothing."""
    classic = rules_for(db, repository, branch)
    found = [rules_of(one) for one in in_force(site, db, repository, branch)]
    return _joined([*([classic] if classic else []), *found])


def binding(
    site: Site, db: Database, repository: Repository, branch: str, user: Account, *, pushing: bool
) -> Rules | None:
    """What binds this user in a push, or in the merge of a pull request; None: nothing does."""
    classic = rules_for(db, repository, branch)
    own = classic and classic.for_right(repositories.right(db, repository, user))
    ways = {"always"} if pushing else {"always", "pull_requests_only"}
    found = [
        rules_of(one)
        for one in in_force(site, db, repository, branch)
        if bypass(db, repository, one, user) not in ways
    ]
    return _joined([*([own] if own else []), *found])


def _joined(rules: Iterable[Rules]) -> Rules | None:
    """The strictest of all."""
    found = list(rules)
    return reduce(_both, found) if found else None


def _both(one: Rules, other: Rules) -> Rules:
    return replace(
        one,
        checks=_checks(one, other),
        strict=one.strict or other.strict,
        approvals=_most(one.approvals, other.approvals),
        dismiss_stale=one.dismiss_stale or other.dismiss_stale,
        enforce_admins=one.enforce_admins or other.enforce_admins,
        linear=one.linear or other.linear,
        allow_force=one.allow_force and other.allow_force,
        allow_deletions=one.allow_deletions and other.allow_deletions,
        last_push=one.last_push or other.last_push,
        restricted=one.restricted or other.restricted,
        queue=one.queue or other.queue,
        signatures=one.signatures or other.signatures,
        methods=_methods(one, other),
    )


def _checks(one: Rules, other: Rules) -> tuple[Required, ...] | None:
    if one.checks is None and other.checks is None:
        return None
    return distinct((*(one.checks or ()), *(other.checks or ())))


def _most(one: int | None, other: int | None) -> int | None:
    return max((n for n in (one, other) if n is not None), default=None)


def _methods(one: Rules, other: Rules) -> tuple[str, ...] | None:
    if one.methods is None or other.methods is None:
        return one.methods or other.methods
    return tuple(method for method in one.methods if method in other.methods)
