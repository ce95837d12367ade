"""`--rehearse`: the same command on a throw-away copy of series and forge."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from stacker.rehearsal.flow import rehearsal
from stacker.rehearsal.original import Spot
from stacker.series.plan.upstream import UpstreamKind
from stacker.wiring import Desk, Site

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from stacker.git.transfer import Told


@contextmanager
def rehearsed(desk: Desk, told: Told) -> Iterator[tuple[Desk, Path]]:
    """A desk where everything is copied that `desk` has, and the folder of its hub."""
    from stacker.forge.github import GitHub  # noqa: PLC0415 - heavy
    from stacker.forge.pace import Pace  # noqa: PLC0415 - as above

    spots = [
        _spot(desk, r.name) for r in desk.work.plan.repositories if r.kind is UpstreamKind.FORGE
    ]
    with rehearsal(desk.work, spots, desk.forge, told) as there:
        site = Site(there.url, there.token)
        with GitHub(site.api, site.token, Pace(here=True)) as forge:
            yield Desk(there.work, site, forge), there.root


def _spot(desk: Desk, name: str) -> Spot:
    place = desk.place(name)
    return Spot(
        name, place.repository.upstream, place.fork, place.trunk, desk.site.url, place.credential
    )
