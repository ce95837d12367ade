"""Branch protection and the rules of rulesets, as REST tells them, as one value. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from stacker.forge.answers import (
    at,
    expect_bool,
    expect_int,
    expect_list,
    expect_one_of,
    expect_str,
    optional_str,
)
from stacker.forge.api import Bypass, MergeMethod, Protection, RequiredCheck, Updater

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_METHODS = {method.value: method for method in MergeMethod}
_MODES = {"always": True, "exempt": True, "pull_requests_only": False}
_ROLES = {1: "readers", 2: "maintainers", 3: "triagers", 4: "writers", 5: "admins"}


def full_protection(data: object) -> Protection:
    """The protection of a branch as its admins see it."""
    checks = at(data, "required_status_checks")
    reviews = at(data, "required_pull_request_reviews")
    some = at(data, "restrictions")
    bound = _enabled(data, "enforce_admins")
    return Protection(
        required_checks=_required(checks),
        strict=checks is not None and at(checks, "strict") is True,
        approvals=0 if reviews is None else expect_int(reviews, "required_approving_review_count"),
        enforce_admins=bound,
        linear=_enabled(data, "required_linear_history"),
        through_pulls=reviews is not None,
        complete=True,
        newest_push=reviews is not None and at(reviews, "require_last_push_approval") is True,
        restricted=some is not None or _enabled(data, "lock_branch"),
        updaters=None if some is None else _named(some),
        signatures=_enabled(data, "required_signatures"),
        bypass=() if bound else (Bypass("branch protection, which does not bind admins", True),),
    )


def summary_protection(branch: object) -> Protection | None:
    """The protection of a branch as everybody sees it; None when it has none."""
    shown = at(branch, "protection")
    checks = None if shown is None else at(shown, "required_status_checks")
    required = _required(checks)
    # What rulesets protect is called protected too, with a protection that is off.
    off = shown is not None and at(shown, "enabled") is False and not required
    if off or not expect_bool(branch, "protected"):
        return None
    return Protection(
        required_checks=required,
        strict=False,
        approvals=0,
        enforce_admins=False,
        linear=False,
        through_pulls=False,
        complete=False,
    )


def ruled(rules: Sequence[object], rulesets: Mapping[int, object]) -> Protection:
    """What the rules in force ask; `rulesets` has what is told of those that they are of."""
    kinds = {expect_str(rule, "type") for rule in rules}
    reviews = [_parameters(rule) for rule in rules if at(rule, "type") == "pull_request"]
    checks = [_parameters(rule) for rule in rules if at(rule, "type") == "required_status_checks"]
    required = [
        RequiredCheck(expect_str(one, "context"), _app(one, "integration_id"))
        for each in checks
        for one in expect_list(each, "required_status_checks")
    ]
    ways = (_bypass(one) for one in rulesets.values())
    return Protection(
        required_checks=_distinct(required),
        strict=any(at(one, "strict_required_status_checks_policy") is True for one in checks),
        approvals=max((_approvals(one) for one in reviews), default=0),
        enforce_admins=True,
        linear="required_linear_history" in kinds,
        through_pulls=bool(reviews),
        complete=True,
        newest_push=any(at(one, "require_last_push_approval") is True for one in reviews),
        methods=_allowed(reviews),
        queue="merge_queue" in kinds,
        restricted="update" in kinds,
        updaters=_updaters(rules, rulesets),
        signatures="required_signatures" in kinds,
        bypass=tuple(way for way in ways if way is not None),
    )


def joined(one: Protection | None, other: Protection) -> Protection:
    """Both together: what either asks."""
    if one is None:
        return other
    shown = [each.updaters for each in (one, other) if each.restricted]
    told = [some for some in shown if some is not None]
    return replace(
        one,
        required_checks=_distinct((*one.required_checks, *other.required_checks)),
        strict=one.strict or other.strict,
        approvals=max(one.approvals, other.approvals),
        linear=one.linear or other.linear,
        through_pulls=one.through_pulls or other.through_pulls,
        newest_push=one.newest_push or other.newest_push,
        methods=other.methods,
        queue=other.queue,
        restricted=one.restricted or other.restricted,
        updaters=tuple(who for some in told for who in some) if len(told) == len(shown) else None,
        signatures=one.signatures or other.signatures,
        bypass=(*one.bypass, *other.bypass),
    )


def _enabled(data: object, key: str) -> bool:
    return at(data, key) is not None and expect_bool(data, key, "enabled")


def _required(checks: object) -> tuple[RequiredCheck, ...]:
    if checks is None:
        return ()
    names = (expect_str({"context": name}, "context") for name in expect_list(checks, "contexts"))
    found = [RequiredCheck(name) for name in names]
    if at(checks, "checks") is not None:
        found += [
            RequiredCheck(expect_str(entry, "context"), _app(entry, "app_id"))
            for entry in expect_list(checks, "checks")
        ]
    return _distinct(found)


def _app(entry: object, key: str) -> int | None:
    """The app that a check is bound to; -1 is GitHub's way to say any."""
    return None if at(entry, key) in {None, -1} else expect_int(entry, key)


def _distinct(checks: Iterable[RequiredCheck]) -> tuple[RequiredCheck, ...]:
    """Each once; what an app has to report need not be asked of anybody as well."""
    found = dict.fromkeys(checks)
    bound = {check.name for check in found if check.app is not None}
    return tuple(one for one in found if one.app is not None or one.name not in bound)


def _parameters(rule: object) -> object:
    return at(rule, "parameters") or {}


def _approvals(reviews: object) -> int:
    key = "required_approving_review_count"
    return 0 if at(reviews, key) is None else expect_int(reviews, key)


def _allowed(reviews: Iterable[object]) -> frozenset[MergeMethod] | None:
    """The ways of merging that every rule allows; None where none speaks of them."""
    found: frozenset[MergeMethod] | None = None
    for one in reviews:
        if at(one, "allowed_merge_methods") is not None:
            words = expect_list(one, "allowed_merge_methods")
            some = frozenset(expect_one_of(_METHODS, {"method": word}, "method") for word in words)
            found = some if found is None else found & some
    return found


def _bypass(ruleset: object) -> Bypass | None:
    """How this token may go past a ruleset; None: not at all, as far as it is told."""
    pushes = _MODES.get(optional_str(ruleset, "current_user_can_bypass") or "never")
    return None if pushes is None else Bypass(f"ruleset {expect_str(ruleset, 'name')}", pushes)


def _updaters(
    rules: Iterable[object], rulesets: Mapping[int, object]
) -> tuple[Updater, ...] | None:
    """Who may change the branch all the same, where that is restricted; None: it is not told."""
    found: list[Updater] = []
    for rule in rules:
        if at(rule, "type") != "update":
            continue
        ruleset = rulesets.get(expect_int(rule, "ruleset_id"))
        if ruleset is None or at(ruleset, "bypass_actors") is None:
            return None
        found += [_actor(one) for one in expect_list(ruleset, "bypass_actors")]
    return tuple(found)


def _actor(actor: object) -> Updater:
    kind, number = expect_str(actor, "actor_type"), at(actor, "actor_id")
    if kind == "RepositoryRole" and isinstance(number, int):
        return Updater(_ROLES.get(number, f"role {number}"), app=False)
    return Updater(f"{kind} {number}", app=kind == "Integration")


def _named(restrictions: object) -> tuple[Updater, ...]:
    """The users, teams and apps that branch protection lets push."""
    return tuple(
        Updater(f"{kind} {expect_str(one, key)}", app=kind == "app")
        for kind, key in (("user", "login"), ("team", "slug"), ("app", "slug"))
        for one in expect_list(restrictions, f"{kind}s")
    )
