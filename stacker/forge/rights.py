"""What a token may do, proved without doing it.

A right to write is asked for by a request that the forge refuses in any case: it names a branch
or a commit that cannot exist. Whoever lacks the right is told that first (403 or 404); to whoever
has it the forge says what is wrong with the request (422). Nothing can come of either.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from stacker.errors import ForgeError
from stacker.forge.answers import expect_str
from stacker.forge.api import Identity
from stacker.forge.failures import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stacker.forge.connection import Connection

_SCOPES = "x-oauth-scopes"
_EXPIRES = "github-authentication-token-expiration"
_NO_BRANCH = "stacker..doctor"  # git allows no name with two dots in a row
_NO_COMMIT = "0" * 40


def identity(connection: Connection) -> Identity:
    """Who the token belongs to, and what its answers' headers tell of it."""
    requester = connection.github.requester
    headers, data = connection.ask(
        "read who the token belongs to", lambda: requester.requestJsonAndCheck("GET", "/user")
    )
    return identity_of(headers, expect_str(data, "login"))


def identity_of(headers: Mapping[str, object], login: str) -> Identity:
    """The same out of an answer's headers, whose names are in lower case."""
    scopes, expires = headers.get(_SCOPES), str(headers.get(_EXPIRES) or "")
    day = re.match(r"\d{4}-\d\d-\d\d", expires)
    named = None
    if isinstance(scopes, str):
        named = frozenset(one.strip() for one in scopes.split(",") if one.strip())
    return Identity(login, named, day[0] if day else expires)


def against_opening(
    connection: Connection, repository: str, head_owner: str, base: str
) -> str | None:
    """What the forge says against a pull request of ours in `repository`; None: nothing."""
    asked = {
        "title": "May this token open a pull request?",
        "head": f"{head_owner}:{_NO_BRANCH}",
        "base": base,
        "body": "",
        "draft": True,
    }
    what = f"ask whether this token may open pull requests in {repository}"
    return _against(connection, what, f"/repos/{repository}/pulls", asked)


def against_reporting(connection: Connection, repository: str) -> str | None:
    """What the forge says against a commit status of ours in `repository`; None: nothing."""
    asked = {"state": "pending", "context": "stacker/doctor"}
    what = f"ask whether this token may report in {repository}"
    return _against(connection, what, f"/repos/{repository}/statuses/{_NO_COMMIT}", asked)


def _against(
    connection: Connection, what: str, path: str, asked: Mapping[str, object]
) -> str | None:
    requester = connection.github.requester
    try:
        connection.ask(what, lambda: requester.requestJsonAndCheck("POST", path, input=dict(asked)))
    except Refused as refusal:
        if refusal.status == 422 and not refusal.limited:
            return None
        if refusal.status in {403, 404} and not refusal.limited:
            return refusal.words
        raise
    raise ForgeError(f"cannot {what}: it took what cannot be")
