"""What a branch demands, as far as a token may know: branch protection and rulesets together.

At most three calls, and one for each ruleset in force.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from stacker.forge.answers import at, expect_int
from stacker.forge.failures import Refused
from stacker.forge.rules import full_protection, joined, ruled, summary_protection

if TYPE_CHECKING:
    from stacker.forge.api import Protection
    from stacker.forge.connection import Connection

_UNSEEN = frozenset({403, 404})


def protection(connection: Connection, repository: str, branch: str) -> Protection | None:
    """The rules of `branch`; None when it has none."""
    classic = _classic(connection, repository, branch)
    rules = _rules(connection, repository, branch)
    if not rules:
        return classic
    numbers = {expect_int(rule, "ruleset_id") for rule in rules if at(rule, "ruleset_id")}
    told = {number: _ruleset(connection, repository, number) for number in sorted(numbers)}
    return joined(classic, ruled(rules, {n: one for n, one in told.items() if one is not None}))


def _classic(connection: Connection, repository: str, branch: str) -> Protection | None:
    what = f"read the protection of {branch} in {repository}"
    path = f"/repos/{repository}/branches/{quote(branch, safe='')}"
    try:
        return full_protection(connection.get(what, f"{path}/protection"))
    except Refused as refusal:
        if refusal.status not in _UNSEEN or refusal.limited:
            raise
    # Only admins see all of it.
    return summary_protection(connection.get(what, path))


def _rules(connection: Connection, repository: str, branch: str) -> list[object]:
    """The rules of rulesets, which everybody may read; a forge that has none knows no such path."""
    what = f"read the rules of {branch} in {repository}"
    path = f"/repos/{repository}/rules/branches/{quote(branch, safe='')}"
    try:
        return list(connection.pages(what, path))
    except Refused as refusal:
        if refusal.status not in _UNSEEN or refusal.limited:
            raise
        return []


def _ruleset(connection: Connection, repository: str, number: int) -> object | None:
    """What is told of a ruleset; who may go past it at all only its admins see."""
    what = f"read ruleset {number} of {repository}"
    try:
        return connection.get(what, f"/repos/{repository}/rulesets/{number}")
    except Refused as refusal:
        if refusal.status not in _UNSEEN or refusal.limited:
            raise
        return None
