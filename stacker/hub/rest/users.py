"""Users over REST."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.hub.auth import account
from stacker.hub.call import Answer, not_found
from stacker.hub.show.accounts import profile
from stacker.hub.urls import Urls

if TYPE_CHECKING:
    from stacker.hub.call import Call
    from stacker.hub.records import Account


def get_authenticated(call: Call) -> Answer:
    """GET /user: the caller."""
    return _profile(call, call.user)


def get(call: Call, login: str) -> Answer:
    """GET /users/{login}."""
    found = account(call.db, login)
    if found is None:
        raise not_found()
    return _profile(call, found)


def _profile(call: Call, user: Account) -> Answer:
    owned = call.db.number("SELECT count(*) FROM repositories WHERE owner = ?", user.id)
    return Answer(profile(Urls(call.origin), user, owned))
