"""`--rehearse`: the same command on a throw-away copy of series and forge."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from stacker.gate.context import CONTEXT
from stacker.git import transfer
from stacker.land.outcome import State
from stacker.rehearsal.flow import rehearsal
from stacker.rehearsal.original import Spot
from stacker.rehearsal.supposing import suppose_agreed, suppose_merged
from stacker.series.plan.upstream import UpstreamKind
from stacker.wiring import Desk, Site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from stacker.forge.api import PullRequest
    from stacker.forge.github import GitHub
    from stacker.git.transfer import Told
    from stacker.land.outcome import LandResult
    from stacker.rehearsal.flow import Rehearsal

_LANDING = "refs/heads/stacker-landing/"


@contextmanager
def rehearsed(desk: Desk, told: Told) -> Iterator[tuple[Desk, Rehearsal]]:
    """A desk where everything is copied that `desk` has, and the copy."""
    spots = [
        _spot(desk, r.name) for r in desk.work.plan.repositories if r.kind is UpstreamKind.FORGE
    ]
    with (
        rehearsal(desk.work, spots, desk.forge, told) as there,
        _forge(there, there.token) as forge,
    ):
        yield Desk(there.work, Site(there.url, there.token), forge), there


def landed_there(
    desk: Desk, there: Rehearsal, land: Callable[[Desk], LandResult]
) -> tuple[LandResult, tuple[str, ...], tuple[PullRequest, ...]]:
    """Land in a copy, going on where upstream's CI and people would be waited for; what was
    supposed of these, and the landing pull requests."""
    result, supposed = land(desk), tuple[str, ...]()
    shown = _landing_pulls(desk, there, result)
    if result.state is State.WAITING:
        supposed = _agree(desk, there, shown)
        result = land(desk)
    if result.state is State.WAITING and shown:
        repository = shown[0].repository
        with _forge(there, there.maintainer) as forge:
            facts = forge.repository(repository)
            allowed = facts.merge_methods if facts is not None else frozenset()
            supposed += suppose_merged(forge, shown[0], allowed)
        result = land(desk)
    return (
        result,
        supposed,
        tuple(one for pull in shown for one in desk.forge.pulls(pull.repository, [pull.number])),
    )


def _agree(desk: Desk, there: Rehearsal, pulls: tuple[PullRequest, ...]) -> tuple[str, ...]:
    said: tuple[str, ...] = ()
    for repository, refs in _landing_refs(desk, there).items():
        mine = [pull for pull in pulls if pull.repository == repository]
        heads = dict.fromkeys([*refs.values(), *(pull.head for pull in mine)])
        trunk = next(r for r in desk.work.plan.repositories if r.upstream == repository).name
        with _forge(there, there.maintainer) as forge:
            rules = forge.protection(repository, desk.place(trunk).trunk)
        said += suppose_agreed(there.root, repository, [*heads], mine, rules, ours=CONTEXT)
    return said


def _landing_pulls(desk: Desk, there: Rehearsal, result: LandResult) -> tuple[PullRequest, ...]:
    """Those that carry a landing, or the one of the stage that lands alone."""
    found: list[PullRequest] = []
    plan = desk.work.plan.repositories
    owners = {name.partition("/")[0] for r in plan for name in (r.upstream, r.fork or r.upstream)}
    for repository, refs in _landing_refs(desk, there).items():
        names = [ref.removeprefix("refs/heads/") for ref in refs]
        asked = [f"{owner}:{name}" for owner in sorted(owners) for name in names]
        found += desk.forge.pulls(repository, heads=asked) if asked else ()
        if not found and len(result.members) == 1 and result.members[0].number is not None:
            found += desk.forge.pulls(repository, [result.members[0].number])
    return tuple(found)


def _landing_refs(desk: Desk, there: Rehearsal) -> dict[str, dict[str, str]]:
    """By upstream the landing branches that it and its fork have, with what they carry."""
    found: dict[str, dict[str, str]] = {}
    here = desk.work.store.git.directory
    for one in desk.work.plan.repositories:
        if one.kind is UpstreamKind.FORGE:
            refs = found.setdefault(one.upstream, {})
            for name in dict.fromkeys((one.upstream, one.fork or one.upstream)):
                path = there.root / f"{name}.git"
                offered = transfer.ask(str(path), here).refs if path.exists() else {}
                refs |= {ref: oid for ref, oid in offered.items() if ref.startswith(_LANDING)}
    return found


@contextmanager
def _forge(there: Rehearsal, token: str) -> Iterator[GitHub]:
    from stacker.forge.github import GitHub  # noqa: PLC0415 - heavy
    from stacker.forge.pace import Pace  # noqa: PLC0415 - as above

    with GitHub(Site(there.url, token).api, token, Pace(here=True)) as forge:
        yield forge


def _spot(desk: Desk, name: str) -> Spot:
    place = desk.place(name)
    return Spot(
        name, place.repository.upstream, place.fork, place.trunk, desk.site.url, place.credential
    )
