"""Whether upstream's check of the contributor agreement was seen, and what it says of us."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from stacker.doctor.finding import ok, warning
from stacker.forge.answers import printable
from stacker.forge.api import CIState, PullState

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stacker.doctor.finding import Finding
    from stacker.forge.api import CIResult, PullRequest

# `cla/google`, `license/cla`, `CLA Signing`, `EasyCLA`, `verification/cla-signed`, …
_NAME = re.compile(
    r"(?<![a-z])(?:easy)?cla(?![a-z])|contributor[ _-]licen[sc]e[ _-]agreement", re.IGNORECASE
)


def cla_finding(what: str, pulls: Iterable[PullRequest]) -> Finding:
    """What the newest open pull request of ours among `pulls` shows. Pure."""
    newest = max((p for p in pulls if p.state is PullState.OPEN), key=_number, default=None)
    if newest is None:
        return ok(what, "not known before a pull request is open")
    checks = [one for one in newest.checks if _NAME.search(one.name)]
    if not checks:
        return ok(what, f"#{newest.number} has no check of an agreement")
    open_ones = [one for one in checks if one.state is not CIState.SUCCESS]
    if not open_ones:
        return ok(what, f"{_named(checks[0])} passed on #{newest.number}")
    one = open_ones[0]
    said = f"; it says: {printable(one.description)}" if one.description else ""
    where = printable(one.url) if one.url.startswith(("https://", "http://")) else newest.url
    hint = f"Sign what it asks for, with the mail address of the commits: {where}"
    return warning(what, f"{_named(one)} is {one.state} on #{newest.number}{said}", hint)


def _number(pull: PullRequest) -> int:
    return pull.number


def _named(check: CIResult) -> str:
    return repr(printable(check.name))
