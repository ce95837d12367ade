"""Who asks: tokens, as GitHub takes them, and the accounts behind them."""

from __future__ import annotations

import hmac
from base64 import b64decode
from binascii import Error
from typing import TYPE_CHECKING

from stacker.hub.call import Refusal
from stacker.hub.records import Account

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stacker.hub.call import Site
    from stacker.hub.state import Database

_BOT = "[bot]"  # ends the login of an app, as on GitHub
_ACTIONS = "github-actions", 15368  # the one app whose id on GitHub everybody knows


def presented(header: str | None) -> tuple[str | None, str] | None:
    """(name or None, token) of an Authorization header; None when there is no header."""
    if not header:
        return None
    scheme, _, rest = header.strip().partition(" ")
    if scheme.lower() in {"token", "bearer"}:
        return None, rest.strip()
    if scheme.lower() != "basic":
        raise Refusal(401, "Bad credentials")
    try:
        name, _, password = b64decode(rest, validate=True).decode("utf-8").partition(":")
    except (Error, UnicodeDecodeError) as exc:
        raise Refusal(401, "Bad credentials") from exc
    return (None if name == "x-access-token" else name), password


def who(tokens: Mapping[str, str], header: str | None) -> str | None:
    """The login that a header proves; None when nobody is named; 401 for a bad token.

    `tokens` maps each token to its login.
    """
    shown = presented(header)
    if shown is None:
        return None
    name, token = shown
    for known, login in tokens.items():
        if hmac.compare_digest(known.encode(), token.encode()):
            if name is not None and name.lower() != login.lower():
                break
            return login
    raise Refusal(401, "Bad credentials")


def only_for(site: Site, header: str | None) -> frozenset[str] | None:
    """The repositories that the token of a good header is for; None: it is no fine-grained one."""
    shown = presented(header)
    return None if shown is None else site.only.get(shown[1])


def app_of(login: str) -> str | None:
    """The slug of the app that acts under this login; None for a person."""
    return login.removesuffix(_BOT) if login.endswith(_BOT) else None


def app_number(slug: str) -> int | None:
    """The id of the one app that has the same everywhere; None: another one."""
    return _ACTIONS[1] if slug == _ACTIONS[0] else None


def app_id(db: Database, number: int) -> int | None:
    """The id of the app that acts as this account; None for a person."""
    slug = app_of(account_by_id(db, number).login)
    return None if slug is None else _ACTIONS[1] if slug == _ACTIONS[0] else number


def app_account(db: Database, number: int) -> Account | None:
    """The account that the app with this id acts as."""
    if number == _ACTIONS[1]:
        return account(db, _ACTIONS[0] + _BOT)
    found = db.one(Account, "SELECT * FROM users WHERE id = ?", number)
    return found if found is not None and app_of(found.login) else None


def account(db: Database, login: str) -> Account | None:
    """The account with this name."""
    return db.one(Account, "SELECT * FROM users WHERE login = ?", login)


def account_by_id(db: Database, number: int) -> Account:
    """The account that a row refers to."""
    found = db.one(Account, "SELECT * FROM users WHERE id = ?", number)
    if found is None:
        raise LookupError(f"no user {number}")
    return found


def remember(db: Database, login: str) -> Account:
    """The account with this name, made on its first appearance; call it while writing."""
    found = account(db, login)
    return found or Account(db.insert("users", login=login), login)
