"""What the rules of a branch ask for, in a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.forge.answers import printable

if TYPE_CHECKING:
    from stacker.forge.api import Protection


def rules_text(rules: Protection | None) -> str:
    """The rules as far as they are shown."""
    if rules is None:
        return "not protected"
    checks = ", ".join(printable(one.name) for one in rules.required_checks) or "none"
    if not rules.complete:
        return f"protected; required CI checks: {checks}; the other rules only its admins see"
    ways = " only through pull requests;" if rules.through_pulls else ""
    return f"protected;{ways} required CI checks: {checks}; approvals: {rules.approvals}"
