"""How many of upstream's commits a landing is, whatever the forge made of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stacker.git.objects import Oid
    from stacker.git.store import ObjectStore


@dataclass(frozen=True, slots=True)
class Made:
    """What is known of it: so many commits on `base` were to land.

    Of a landing of ours also the `candidate`, and whether what landed is `squashed` by its looks.
    """

    commits: int
    base: Oid | None
    candidate: Oid | None = None
    squashed: bool = False


def brought(store: ObjectStore, landed: Oid, made: Made) -> int | None:
    """How many commits of the branch's first-parent line, from `landed` down, are the landing.

    What a forge made of it may be fewer: a merge is one, and so is what stands on the base too
    early, which a squash does that kept the words of the last commit. All below is other people's;
    where upstream had moved, and it cannot be told from theirs, the answer is None.
    """
    line = [landed]
    while len(line) <= made.commits and len(parents := store.commit(line[-1]).parents) == 1:
        line.append(parents[0])
        if parents[0] == made.base:
            return made.commits if len(line) == made.commits + 1 else 1
    if len(line) == 1 or made.commits == 1:
        return 1
    if made.candidate is None or store.find(made.candidate) is None:
        return None
    return _by_words(store, line, made.candidate, made)


def _by_words(store: ObjectStore, line: list[Oid], candidate: Oid, made: Made) -> int | None:
    """The same by authors and messages, which a rebase keeps of every commit."""
    planned = [_words(store, candidate)]
    while len(planned) < made.commits:
        candidate = store.commit(candidate).parents[0]
        planned.append(_words(store, candidate))
    there = [_words(store, oid) for oid in line]
    if there[: made.commits] == planned:
        return made.commits
    kept = there[0] == planned[0]
    others = planned[1] != there[1] if kept else planned[0] not in there
    return 1 if others and (kept or made.squashed) else None


def _words(store: ObjectStore, oid: Oid) -> tuple[bytes, bytes]:
    commit = store.commit(oid)
    return commit.author.email, commit.message.strip()
