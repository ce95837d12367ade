"""Rulesets over REST: everybody who reads the repository reads them, its admins make them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.hub import rulesets
from stacker.hub.call import Answer, not_found
from stacker.hub.records import Right
from stacker.hub.rest.access import listed, require_hidden
from stacker.hub.show.rulesets import rule, ruleset, short_ruleset

if TYPE_CHECKING:
    from stacker.hub.call import Call
    from stacker.hub.rulesets import Ruleset


def list_all(call: Call) -> Answer:
    """GET .../rulesets: without their rules."""
    found = rulesets.rulesets(call.db, call.repository)
    return listed(call, found, lambda one: short_ruleset(call, call.repository, one))


def get(call: Call, number: int) -> Answer:
    """GET .../rulesets/{id}."""
    return Answer(ruleset(call, call.repository, _there(call, number)))


def rules_for_branch(call: Call, branch: str) -> Answer:
    """GET .../rules/branches/{branch}: the rules in force there, of active rulesets only."""
    found = [
        rule(call.repository, one, each)
        for one in rulesets.in_force(call.site, call.db, call.repository, branch)
        for each in one.content["rules"]
    ]
    return listed(call, found, lambda each: each)


def create(call: Call) -> Answer:
    """POST .../rulesets: for admins, hidden from the others."""
    require_hidden(call, Right.ADMIN)
    name, enforcement, document = rulesets.parse(call.body)
    row = call.db.insert(
        "rulesets",
        repository=call.repository.id, name=name, enforcement=enforcement, document=document,
        created_at=call.now, updated_at=call.now,
    )  # fmt: skip
    return Answer(ruleset(call, call.repository, _there(call, row)), 201)


def change(call: Call, number: int) -> Answer:
    """PUT .../rulesets/{id}: what is not given stays; for admins, hidden from the others."""
    require_hidden(call, Right.ADMIN)
    old = _there(call, number)
    name, enforcement, document = rulesets.parse(rulesets.merged(old, call.body))
    call.db.run(
        "UPDATE rulesets SET name = ?, enforcement = ?, document = ?, updated_at = ? WHERE id = ?",
        name, enforcement, document, call.now, old.id,
    )  # fmt: skip
    return Answer(ruleset(call, call.repository, _there(call, number)))


def delete(call: Call, number: int) -> Answer:
    """DELETE .../rulesets/{id}: for admins, hidden from the others."""
    require_hidden(call, Right.ADMIN)
    call.db.run("DELETE FROM rulesets WHERE id = ?", _there(call, number).id)
    return Answer(status=204)


def _there(call: Call, number: int) -> Ruleset:
    found = rulesets.rulesets(call.db, call.repository)
    one = next((each for each in found if each.id == number), None)
    if one is None:
        raise not_found()
    return one
