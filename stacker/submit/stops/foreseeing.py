"""What git and the forge know of the commits that a submit's actions would bring together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.forge.api import PullState
from stacker.git import transfer
from stacker.git.history import contained_in
from stacker.git.objects import Oid
from stacker.submit.actions import OpenPull
from stacker.submit.stops.refusing import History, Stop, stops
from stacker.submit.stops.simulated import Branches, Standing, moments, singly

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from stacker.forge.api import PullRequest
    from stacker.series.plan.model import StageId
    from stacker.series.workspace import Workspace
    from stacker.submit.actions import Action, Wanted
    from stacker.submit.gather import Facts
    from stacker.submit.place import Place
    from stacker.submit.stops.simulated import Moment


def foresee(
    work: Workspace,
    facts: Facts,
    wanted: Sequence[Wanted],
    actions: Sequence[Action],
) -> tuple[Stop, ...]:
    """What stops these actions before the first of them."""
    places = facts.places
    own = {name for name, place in places.items() if place.own}
    pulls = [
        (w.stage, w.repository, facts.pulls[w.stage]) for w in wanted if w.stage in facts.pulls
    ]
    pulls += [(one.stage, one.repository, one.pull) for one in facts.left]
    pulls += [(s, name, pull) for name, each in facts.beside.items() for s, pull in each.items()]
    there = [known for known in pulls if known[2].state is PullState.OPEN]
    heads = {
        (name, ref.removeprefix("refs/heads/")): oid
        for (name, ref), oid in facts.tips.items()
        if ref.startswith("refs/heads/")
    }
    bases = {
        (name, pull.base_branch): Oid(pull.base_tip)
        for _, name, pull in there
        if pull.base_tip and name not in own
    }
    bases |= _asked(work, places, bases, actions)
    seen = moments(_standing(places, there), Branches(heads, bases, own), actions)
    beside = {stage for each in facts.beside.values() for stage in each}
    return stops(wanted, seen, _history(work, wanted, seen), own, beside)


def may_move_apart(
    work: Workspace,
    facts: Facts,
    wanted: Sequence[Wanted],
    actions: Sequence[Action],
    repository: str,
) -> bool:
    """Whether the branches of a repository may move one after the other, instead of all at once.

    In a fork always: what stands on them has its base elsewhere. Where they are upstream's own, one
    that moves before another may have that one's old head, and would be called merged.
    """
    if not facts.places[repository].own:
        return True
    return not foresee(work, facts, wanted, singly(actions, repository))


def _standing(
    places: Mapping[str, Place], pulls: Iterable[tuple[StageId, str, PullRequest]]
) -> Iterator[Standing]:
    for stage, repository, pull in pulls:
        ours = (pull.head_owner or "").casefold() == places[repository].owner.casefold()
        branch = pull.head_branch if ours else ""
        head = Oid(pull.head) if pull.head else None
        yield Standing(stage, repository, pull.number, branch, head, pull.base_branch)


def _asked(
    work: Workspace,
    places: Mapping[str, Place],
    known: Collection[tuple[str, str]],
    actions: Sequence[Action],
) -> dict[tuple[str, str], Oid]:
    """Where those branches of upstream are that something is to be opened on, and that nothing
    of ours stands on yet."""
    found: dict[tuple[str, str], Oid] = {}
    opened = {(one.repository, one.base) for one in actions if isinstance(one, OpenPull)}
    for name, base in opened:
        if not places[name].own and (name, base) not in known:
            upstream, ref = work.upstreams[name], f"refs/heads/{base}"
            there = transfer.ask(upstream.url, work.store.git.directory, upstream.credential, ref)
            found |= {(name, base): there.refs[ref]} if ref in there.refs else {}
    return found


def _history(work: Workspace, wanted: Sequence[Wanted], seen: Sequence[Moment]) -> History:
    """Upstream's tips are brought here if they are not: nothing can be said of them else."""
    store = work.store
    named = list(
        dict.fromkeys((one.repository, oid) for one in seen for oid in (one.head, one.tip))
    )
    known = store.find_many([oid for _, oid in named])
    missing: dict[str, list[Oid]] = {}
    for (name, oid), there in zip(named, known, strict=True):
        if there is None:
            missing.setdefault(name, []).append(oid)
    for name, oids in missing.items():
        upstream = work.upstreams[name]
        transfer.fetch_ids(store.git, upstream.url, oids, upstream.credential)
    heads: dict[Oid, list[Oid]] = {}
    for one in seen:
        heads.setdefault(one.tip, []).append(one.head)
    contained = {
        (head, tip) for tip, each in heads.items() for head in contained_in(store, each, tip)
    }
    stages = {one.stage for one in seen}
    below = {one.head.stands_on for one in wanted if one.stage in stages}
    commits = {oid for _, oid in named} | below
    return History(contained, {oid: store.commit(oid).tree for oid in commits})
