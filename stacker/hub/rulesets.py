"""Rulesets: rules for every branch whose name fits, and who may go past them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from stacker.hub import repositories
from stacker.hub.auth import app_account
from stacker.hub.bare import HEADS
from stacker.hub.call import Body, invalid
from stacker.hub.protection import Rules, distinct, required_of
from stacker.hub.records import Right

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stacker.hub.call import Site
    from stacker.hub.records import Account, Repository
    from stacker.hub.state import Database

_ROLES = {2: Right.ADMIN, 4: Right.WRITE, 5: Right.ADMIN}  # GitHub's ids: maintain, write, admin
_ACTORS = ("Integration", "RepositoryRole", "OrganizationAdmin", "User")
_MODES = ("always", "pull_request")
_ENFORCEMENTS = ("active", "disabled", "evaluate")
_RULES = frozenset(
    {
        "deletion", "merge_queue", "non_fast_forward", "pull_request", "required_linear_history",
        "required_signatures", "required_status_checks", "update",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ruleset:
    """A ruleset of a repository; `document` is JSON: its conditions, rules and bypass actors."""

    id: int
    repository: int
    name: str
    enforcement: str
    document: str
    created_at: str
    updated_at: str

    @property
    def content(self) -> dict[str, Any]:
        """Its conditions, rules and bypass actors in GitHub's form."""
        return dict(json.loads(self.document))


def rulesets(db: Database, repository: Repository) -> list[Ruleset]:
    """All rulesets of a repository, oldest first."""
    sql = "SELECT * FROM rulesets WHERE repository = ? ORDER BY id"
    return db.all(Ruleset, sql, repository.id)


def in_force(site: Site, db: Database, repository: Repository, branch: str) -> list[Ruleset]:
    """The active rulesets that a branch of this name falls under."""
    return [
        one
        for one in rulesets(db, repository)
        if one.enforcement == "active" and _concerns(site, repository, one, branch)
    ]


def rules_of(ruleset: Ruleset) -> Rules:
    """What a ruleset asks; unlike branch protection it forbids only what it names."""
    asked = {one["type"]: Body(one.get("parameters") or {}) for one in ruleset.content["rules"]}
    reviews, checks = asked.get("pull_request"), asked.get("required_status_checks")
    methods = reviews.texts("allowed_merge_methods") if reviews else ()
    entries = checks.parts("required_status_checks") if checks else ()
    return Rules(
        checks=distinct(required_of(one, "integration_id") for one in entries) if checks else None,
        strict=_flag(checks, "strict_required_status_checks_policy"),
        approvals=reviews.number("required_approving_review_count", 0) if reviews else None,
        dismiss_stale=_flag(reviews, "dismiss_stale_reviews_on_push"),
        enforce_admins=True,
        linear="required_linear_history" in asked,
        allow_force="non_fast_forward" not in asked,
        allow_deletions="deletion" not in asked,
        last_push=_flag(reviews, "require_last_push_approval"),
        restricted="update" in asked,
        queue="merge_queue" in asked,
        signatures="required_signatures" in asked,
        methods=methods or None,
    )


def bypass(db: Database, repository: Repository, ruleset: Ruleset, user: Account | None) -> str:
    """How somebody may go past it: `always`, `pull_requests_only` or `never`."""
    modes = {
        actor["bypass_mode"]
        for actor in ruleset.content["bypass_actors"]
        if user is not None and _is(db, repository, actor, user)
    }
    if "always" in modes:
        return "always"
    return "pull_requests_only" if modes else "never"


def parse(body: Body) -> tuple[str, str, str]:
    """The name, the enforcement and the document that a request asks for; 422 for another form."""
    enforcement = body.text("enforcement")
    if enforcement not in _ENFORCEMENTS:
        raise invalid("Ruleset", "enforcement")
    if body.text("target", "branch") != "branch":
        raise invalid("Ruleset", "target")
    conditions = body.part("conditions") or Body({})
    names = conditions.part("ref_name") or Body({})
    document = {
        "conditions": {
            "ref_name": {"include": names.texts("include"), "exclude": names.texts("exclude")}
        },
        "rules": [dict(_checked(rule).fields) for rule in body.parts("rules")],
        "bypass_actors": [_actor(actor) for actor in body.parts("bypass_actors")],
    }
    return body.text("name"), enforcement, json.dumps(document)


def merged(ruleset: Ruleset, body: Body) -> Body:
    """A ruleset as a request would have it: what the request leaves out stays."""
    now = {"name": ruleset.name, "enforcement": ruleset.enforcement} | ruleset.content
    return Body(now | dict(body.fields))


def _checked(rule: Body) -> Body:
    if rule.text("type") not in _RULES:
        raise invalid("Ruleset", "rules")
    parameters = rule.part("parameters") or Body({})
    for entry in parameters.parts("required_status_checks"):
        required_of(entry, "integration_id")
    return rule


def _actor(actor: Body) -> dict[str, Any]:
    kind, mode = actor.text("actor_type"), actor.text("bypass_mode", "always")
    if kind not in _ACTORS or mode not in _MODES:
        raise invalid("Ruleset", "bypass_actors")
    return {"actor_id": actor.number("actor_id", 1), "actor_type": kind, "bypass_mode": mode}


def _is(db: Database, repository: Repository, actor: Mapping[str, Any], user: Account) -> bool:
    number = actor["actor_id"]
    match actor["actor_type"]:
        case "Integration":
            found = app_account(db, number)
            return found is not None and found.id == user.id
        case "OrganizationAdmin":
            return user.id == repository.owner
        case "User":
            return user.id == int(number)
        case _:
            needed = _ROLES.get(number)
            return needed is not None and repositories.right(db, repository, user) >= needed


def _concerns(site: Site, repository: Repository, ruleset: Ruleset, branch: str) -> bool:
    names = ruleset.content["conditions"]["ref_name"]
    included, excluded = (
        any(_fits(site, repository, branch, pattern) for pattern in names[key])
        for key in ("include", "exclude")
    )
    return included and not excluded


def _fits(site: Site, repository: Repository, branch: str, pattern: str) -> bool:
    if pattern == "~DEFAULT_BRANCH":
        return branch == repositories.bare(site, repository).default_branch()
    return pattern == "~ALL" or fnmatchcase(HEADS + branch, pattern)


def _flag(parameters: Body | None, name: str) -> bool:
    return parameters is not None and parameters.flag(name, default=False)
