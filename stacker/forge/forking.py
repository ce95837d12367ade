"""A repository copied below another owner by the forge itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.forge.facts import repository_facts
from stacker.forge.rights import identity

if TYPE_CHECKING:
    from stacker.forge.api import RepositoryFacts
    from stacker.forge.connection import Connection


def create_fork(connection: Connection, name: str, into: str) -> RepositoryFacts:
    """Ask for a fork of `name` as `into` (`OWNER/NAME`; empty: the token's user, the same name).

    An owner that is not the token's user is an organisation.
    """
    owner, _, called = into.partition("/")
    asked = {"name": called} if called else {}
    if owner and owner.casefold() != identity(connection).login.casefold():
        asked["organization"] = owner
    requester = connection.github.requester
    path = f"/repos/{name}/forks"
    return repository_facts(
        connection.act(
            f"fork {name}{f' as {into}' if into else ''}",
            lambda: requester.requestJsonAndCheck("POST", path, input=asked)[1],
        )
    )
