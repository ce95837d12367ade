"""Putting one commit on another parent, in the object store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stacker.errors import GitError
from stacker.git.merge import Conflicted, Merged, merge

if TYPE_CHECKING:
    from stacker.git.objects import Oid
    from stacker.git.store import ObjectStore


@dataclass(frozen=True, slots=True)
class Picked:
    """The commit stands on its new parent; `emptied` when its change was already there."""

    commit: Oid
    emptied: bool


@dataclass(frozen=True, slots=True)
class Stopped:
    """git could not merge; nothing was written but objects."""

    old: Oid
    onto: Oid
    conflict: Conflicted


PickOutcome = Picked | Stopped


def pick(store: ObjectStore, old: Oid, onto: Oid) -> PickOutcome:
    """Put the change of commit `old` on commit `onto`, author and message kept."""
    commit = store.commit(old)
    if len(commit.parents) != 1:
        raise GitError(f"{old} has {len(commit.parents)} parents; a patch has one")
    outcome = merge(store, commit.parents[0], onto, old)
    match outcome:
        case Merged(tree):
            return place(store, old, onto, tree)
        case Conflicted():
            return Stopped(old, onto, outcome)


def place(store: ObjectStore, old: Oid, onto: Oid, tree: Oid) -> Picked:
    """Commit `old`'s author and message with `tree` on `onto`, whatever way the tree was found."""
    commit, here = store.commit(old), store.commit(onto).tree
    was_empty = bool(commit.parents) and store.commit(commit.parents[0]).tree == commit.tree
    new = store.write_commit(commit.moved(tree, (onto,)))
    return Picked(new, emptied=tree == here and not was_empty)
