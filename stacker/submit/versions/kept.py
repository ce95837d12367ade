"""Where a fork keeps what the links to earlier versions show: a ref a stage, which is no branch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.git import transfer
from stacker.series.plan.choices import Publish

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stacker.git.objects import Oid
    from stacker.git.store import ObjectStore
    from stacker.git.transfer import Told
    from stacker.series.lock import Lock
    from stacker.series.plan.model import StageId
    from stacker.submit.heads import Head
    from stacker.submit.place import Place
    from stacker.submit.versions.since import History
    from stacker.submit.words.published_facts import PublishedVersion


def kept_ref(branch: str) -> str:
    """The ref beside a stage's branch."""
    return f"refs/stacker/since/{branch}"


def kept_refs(
    heads: Sequence[Head], found: Mapping[StageId, History]
) -> dict[tuple[str, str], Oid]:
    """What is to be kept, by (repository, full ref); nothing in somebody else's fork."""
    kept = {h: found[h.stage].kept for h in heads if h.place == h.repository}
    return {(h.repository, kept_ref(h.branch)): oid for h, oid in kept.items() if oid is not None}


def rewritten(heads: Sequence[Head], places: Mapping[str, Place]) -> set[StageId]:
    """The stages whose new heads do not contain the old ones."""
    return {h.stage for h in heads if places[h.repository].repository.publish is Publish.REWRITE}


def fetch_kept(
    store: ObjectStore,
    heads: Sequence[Head],
    versions: Mapping[StageId, Sequence[PublishedVersion]],
    *,
    places: Mapping[str, Place],
    tips: Mapping[tuple[str, str], Oid],
    told: Told | None,
) -> None:
    """Bring the rewritten heads of earlier versions that this store lacks (a fresh clone)."""
    stages = rewritten(heads, places)
    lacking = [
        h
        for h in heads
        if h.stage in stages and any(store.find(v.head) is None for v in versions[h.stage])
    ]
    for name, place in places.items():
        branches = [h.branch for h in lacking if h.repository == name]
        wanted = [
            f"+{kept_ref(branch)}:refs/stacker/since/{name}/{branch}"
            for branch in branches
            if (name, kept_ref(branch)) in tips
        ]
        if wanted:
            transfer.fetch(store.git, place.url, wanted, credential=place.credential, told=told)


def public_commits(
    store: ObjectStore, lock: Lock, heads: Sequence[Head], tips: Mapping[tuple[str, str], Oid]
) -> tuple[Oid, ...]:
    """Commits that everybody may see, or will with this push: published heads, the new ones, and
    what is kept beside them."""
    found = [h.head for h in heads]
    found += [line.published.head for line in lock.stages if line.published is not None]
    found += [
        tips[h.repository, ref] for h in heads if (h.repository, ref := kept_ref(h.branch)) in tips
    ]
    known = zip(found, store.find_many(found), strict=True)
    return tuple(oid for oid, each in known if each is not None and each[0] == "commit")
