"""A fork that the plan names and the forge does not have yet: made, and waited for."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Protocol

from stacker.errors import ForgeError, GitError
from stacker.forge.answers import printable
from stacker.git import transfer
from stacker.git.push import would_refuse
from stacker.series.plan.upstream import is_loopback_url
from stacker.submit.actions import CreateFork
from stacker.submit.place import PullForge

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from stacker.forge.api import RepositoryFacts
    from stacker.git.transfer import Told
    from stacker.submit.place import Place

# Seconds between two looks; a forge copies a large repository for some minutes.
_PAUSES = (1, 2, 4, 8, 15, 30, 60, 60, 60, 60)
_AT_HOME = 0.02  # of them, where the forge is on this machine


class ForkForge(PullForge, Protocol):
    """What a submit asks of a forge, where forks can be made too."""

    def create_fork(self, name: str, into: str = "") -> RepositoryFacts:
        """Fork one as `into`; it may not be there at once."""
        ...


class NoFork(ForgeError):
    """A fork is not there, and nobody has said that it shall be made."""


def forks_to_make(places: Iterable[Place], *, allowed: bool) -> tuple[CreateFork, ...]:
    """What makes the forks at these places; raises `NoFork` where none may be made."""
    found = tuple(CreateFork(p.repository.name, p.repository.upstream, p.fork) for p in places)
    if not found or allowed:
        return found
    names = " and ".join(f"{one.fork} (of {one.upstream})" for one in found)
    raise NoFork(
        f"the forge has no {names}, where the branches of the series are to go",
        hint="Make it: `stacker submit --create-fork`; or correct `fork` in series.toml.",
    )


def create_fork(here: Path, forge: ForkForge, told: Told | None, place: Place) -> None:
    """Make it, and wait until git can push to it; raises `ForgeError` when that takes too long.

    `here` is any existing folder.
    """
    upstream = place.repository.upstream
    made = forge.create_fork(upstream, place.fork)
    if made.full_name.casefold() != place.fork.casefold():
        name = printable(made.full_name)
        raise ForgeError(
            f"there is a fork of {upstream} already, {name}, and the forge makes no second one",
            hint=f'Name it in series.toml: `fork = "{name}"` in repositories.'
            f"{place.repository.name}.",
        )
    for pause in _PAUSES:
        if _is_there(here, place):
            return
        if told is not None:
            told(f"waiting until git can push to {place.fork}", 0, 0)
        time.sleep(_AT_HOME if is_loopback_url(place.url) else pause)
    raise ForgeError(
        f"{place.fork} was asked for, and git cannot push to it yet",
        hint="The forge goes on copying: run the same command again in some minutes.",
    )


def _is_there(here: Path, place: Place) -> bool:
    """Whether it has branches, and git may push."""
    try:
        refs = transfer.ask(place.url, here, place.credential).refs
    except GitError:
        return False
    return bool(refs) and would_refuse(place.url, place.credential) is None
