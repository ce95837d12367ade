"""What somebody changed while merging: a merge commit beside what git makes of its parents."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from stacker.errors import GitError
from stacker.git.objects import Commit, Oid, Signature

if TYPE_CHECKING:
    from stacker.git.store import ObjectStore

_NOBODY = Signature(b"stacker", b"stacker@localhost", b"0 +0000")


class Remerged(NamedTuple):
    """A merge commit's own change: `commit` has it, on git's merge of the two parents.

    Where git could not merge them (`conflicted`), its tree has the files with markers.
    """

    commit: Oid
    conflicted: bool


def remerge(store: ObjectStore, merge: Oid) -> Remerged | None:
    """The own change of a merge of two; `None` where it is just what git makes of it."""
    there = store.commit(merge)
    done = store.git.attempt(
        "merge-tree", "--write-tree", "--no-messages", "--name-only", "-z", *there.parents
    )
    if done.code not in (0, 1) or not done.out:
        raise GitError(f"git merge-tree: {done.said}")
    tree = Oid(done.out.split(b"\0", 1)[0].decode("ascii").strip())
    if done.code == 0 and tree == there.tree:
        return None
    below = store.write_commit(Commit(tree, (), _NOBODY, _NOBODY, b"as git merges\n"))
    own = store.write_commit(there._replace(parents=(below,), extra=()))
    return Remerged(own, conflicted=done.code == 1)
