"""A stage's own change in two heads: is it the same?

It is where both say the same, byte by byte, and git's merge of the one, put where the other
stands, gives the other. The first is what a reviewer read: paths, modes, every line with its
context, and the heading of each hunk. Only line numbers and the ids of text blobs may differ, for
these move with the rest of a file. The second is what lands; it keeps lines that moved to a place
that looks the same from passing for what was approved.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from stacker.git.beside import beside
from stacker.git.objects import Commit
from stacker.git.pick import Picked
from stacker.git.replay.engine import pick

if TYPE_CHECKING:
    from stacker.git.objects import Oid
    from stacker.git.store import ObjectStore

# Lines of a file's content begin with a space, +, - or \ in a diff, so these are none of them.
_HUNK = re.compile(rb"^@@ -\d+(?:,\d+)? \+\d+(?:,\d+)? @@", re.MULTILINE)
_TEXT_BLOBS = re.compile(rb"^index [0-9a-f.]+( \d+)?\n(?=--- )", re.MULTILINE)


class Own(NamedTuple):
    """A head, and the commit that its own change is on."""

    below: Oid
    head: Oid


def same_change(store: ObjectStore, now: Own, before: Own) -> bool:
    """Whether the two are one change; one that changes nothing is never the same."""
    said = words_of(_diff(store, now))
    return bool(said) and said == words_of(_diff(store, before)) and _fits(store, now, before)


def words_of(diff: bytes) -> bytes:
    """What a diff with full blob ids says apart from where in a file it stands. Pure."""
    return _TEXT_BLOBS.sub(rb"index\1\n", _HUNK.sub(b"@@", diff))


def _diff(store: ObjectStore, one: Own) -> bytes:
    return store.git.run(
        "diff-tree", "-r", "-p", "-U3", "--full-index", "--no-renames", "--no-ext-diff",
        "--no-textconv", "--no-color", "--ignore-submodules=none", one.below, one.head,
    )  # fmt: skip


def _fits(store: ObjectStore, now: Own, before: Own) -> bool:
    """Whether the earlier change, put where the other stands, gives just its tree."""
    was, tree = store.commit(before.head), store.commit(now.head).tree
    layer = Commit(was.tree, (before.below,), was.author, was.committer, b"")
    above = beside(store)
    outcome = pick(above, above.write_commit(layer), now.below)
    return isinstance(outcome, Picked) and above.commit(outcome.commit).tree == tree
