"""One run of `land`: what it was asked, what it works with, and its journal."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from stacker.land.remote import GitRemote, fork_of
from stacker.land.settle import remember
from stacker.land.site import Site
from stacker.land.words.told import templates_of

if TYPE_CHECKING:
    from stacker.land.intent import Intent
    from stacker.land.journal import Journal
    from stacker.land.request import Hands, LandRequest
    from stacker.series.plan.model import Repository
    from stacker.series.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Run:
    """A run that may act; `dry_run` of the request keeps it from that."""

    hands: Hands
    request: LandRequest
    journal: Journal

    @property
    def work(self) -> Workspace:
        """The series directory."""
        return self.hands.work

    def site(self, repository: Repository, carrier: str) -> Site:
        """Where something lands in a repository of the plan; `carrier` has the landing branch."""
        work, hands = self.work, self.hands
        upstream = GitRemote(work.store, work.upstreams[repository.name])
        there = upstream
        if carrier != repository.upstream:
            place = hands.place(repository.name).at(carrier)
            there = fork_of(work.store, carrier, place.url, place.credential)
        series = work.load(hands.told)
        return Site(
            store=work.store, upstream=upstream, carrier=there, forge=hands.forge,
            journal=self.journal, repository=repository.upstream, person=work.person,
            now=lambda: int(time.time()), remember=partial(remember, work),
            templates=templates_of(series, repository.name),
            dependents=tuple(
                one.pull
                for one in series.lock.stages
                if one.pull is not None and one.landing is None
                and one.repository == repository.name
            ),
        )  # fmt: skip

    def site_of(self, intent: Intent) -> Site | None:
        """Where an intent lands; None when the plan no longer has its repository."""
        found = [r for r in self.work.plan.repositories if r.name == intent.repository]
        return self.site(found[0], intent.carrier) if found else None
