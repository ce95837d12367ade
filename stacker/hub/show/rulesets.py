"""Rulesets and their rules as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stacker.hub import repositories
from stacker.hub.records import Right
from stacker.hub.rulesets import bypass
from stacker.hub.urls import Urls

if TYPE_CHECKING:
    from stacker.hub.call import Call, Json
    from stacker.hub.records import Repository
    from stacker.hub.rulesets import Ruleset

# What GitHub answers with for parameters that nobody gave; the hub heeds none of them.
_DEFAULTS: dict[str, Json] = {
    "pull_request": {
        "required_approving_review_count": 0,
        "dismiss_stale_reviews_on_push": False,
        "require_code_owner_review": False,
        "require_last_push_approval": False,
        "required_review_thread_resolution": False,
    },
    "required_status_checks": {"strict_required_status_checks_policy": False},
}


def short_ruleset(call: Call, repository: Repository, each: Ruleset) -> Json:
    """A ruleset as lists have it."""
    urls = Urls(call.origin)
    return {
        "id": each.id,
        "name": each.name,
        "target": "branch",
        "source_type": "Repository",
        "source": repository.full_name,
        "enforcement": each.enforcement,
        "node_id": f"RRS_{each.id:08d}",
        "_links": {
            "self": {"href": urls.repository(repository, "rulesets", each.id)},
            "html": {"href": urls.page(repository.full_name, "rules", each.id)},
        },
        "created_at": each.created_at,
        "updated_at": each.updated_at,
    }


def ruleset(call: Call, repository: Repository, each: Ruleset) -> Json:
    """A ruleset as an object of its own; who may go past it only its admins see."""
    content = each.content
    shown = short_ruleset(call, repository, each) | {
        "conditions": content["conditions"],
        "rules": [_complete(rule) for rule in content["rules"]],
        "current_user_can_bypass": bypass(call.db, repository, each, call.asker),
    }
    if repositories.right(call.db, repository, call.asker) >= Right.ADMIN:
        shown["bypass_actors"] = content["bypass_actors"]
    return shown


def rule(repository: Repository, each: Ruleset, one: dict[str, Any]) -> Json:
    """One rule with the ruleset that it is of."""
    return _complete(one) | {
        "ruleset_source_type": "Repository",
        "ruleset_source": repository.full_name,
        "ruleset_id": each.id,
    }


def _complete(one: dict[str, Any]) -> Json:
    given = one.get("parameters") or {}
    whole = _DEFAULTS.get(one["type"], {}) | given
    return {"type": one["type"]} | ({"parameters": whole} if whole else {})
