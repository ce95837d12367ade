"""A forge by the address of a page of it, for a command that needs no series directory."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from stacker import settings, wiring
from stacker.errors import ForgeError, StackerError, UsageError
from stacker.series.directory import SeriesDirectory
from stacker.series.plan.reading import read_plan

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from stacker.forge.github import GitHub


@contextmanager
def at(url: str, start: Path) -> Iterator[GitHub]:
    """The forge at `url`: github.com, the one of this call, or that of the plan around `start`.

    Nobody is asked for a token for another one.
    """
    from stacker.forge.github import GitHub  # noqa: PLC0415 - heavy
    from stacker.forge.pace import Pace  # noqa: PLC0415 - as above

    if url not in (one.rstrip("/").lower() for one in _known(start)):
        raise UsageError(
            f"{url} is no forge that this call knows",
            hint=f"Set STACKER_FORGE={url} if you trust it.",
        )
    there = wiring.site(url)
    if there.token is None:
        raise ForgeError(
            f"there is no token for {url}",
            hint="Set GITHUB_TOKEN, or log in with `gh auth login`.",
        )
    with GitHub(there.api, there.token, Pace(there.local)) as forge:
        yield forge


def _known(start: Path) -> Iterator[str]:
    yield settings.GITHUB
    given = settings.forge_override()
    if given is not None:
        yield given
    try:
        plan = read_plan(SeriesDirectory.find(start).plan_file)
    except StackerError:  # there is no series around, or none that can be read
        return
    if plan.forge is not None:
        yield plan.forge
