"""What the rules of a branch ask for, in a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.forge.answers import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stacker.forge.api import Protection, RequiredCheck


def rules_text(rules: Protection | None) -> str:
    """The rules as far as they are shown."""
    if rules is None:
        return "not protected"
    checks = ", ".join(_check(one) for one in rules.required_checks) or "none"
    asked = [f"required CI checks: {checks}"]
    if rules.complete or rules.approvals:
        asked.append(f"approvals: {rules.approvals}")
    asked += _more(rules)
    if not rules.complete:
        asked.append("the other rules only its admins see")
    ways = " only through pull requests;" if rules.through_pulls else ""
    return f"protected;{ways} {'; '.join(asked)}"


def _check(check: RequiredCheck) -> str:
    bound = "" if check.app is None else f" (only from app {check.app})"
    return f"{printable(check.name)}{bound}"


def _more(rules: Protection) -> Iterator[str]:
    if rules.strict:
        yield "up to date with the branch"
    if rules.linear:
        yield "no merge commits"
    if rules.signatures:
        yield "signed commits"
    if rules.methods is not None:
        yield f"merged by {', '.join(sorted(rules.methods)) or 'no way'}"
    if rules.queue:
        yield "all by the merge queue"
    if rules.restricted:
        some = rules.updaters
        who = "some" if some is None else ", ".join(printable(one.name) for one in some) or "nobody"
        yield f"changed by {who} alone"
    for way in rules.bypass:
        how = "" if way.pushes else " in pull requests"
        yield f"this token may go past{how}: {printable(way.rule)}"
