"""Whether a commit that changed a stage's lines otherwise is the stage with changes.

Nothing follows from the answer but words. A commit is taken for the stage if its message names the
stage's pull request or has its very subject, or if it adds most of what the stage adds. What both
take away tells nothing: so does every other change of the same lines.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from stacker.series.patches.diffs import diffs_between
from stacker.series.patches.filediff import parts
from stacker.upstream.commit import told_of

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from stacker.git.objects import Oid
    from stacker.git.store import ObjectStore

_MOST_PAIRS = 4000  # of lines; to compare more would be felt
_SHORTEST = 3  # bytes that two lines have in common by more than chance


def is_likely(
    store: ObjectStore,
    commit: Oid,
    whole: Oid,
    *,
    pulls: Collection[int],
    subjects: Collection[str],
) -> bool:
    """Whether `commit` looks like the stage's change `whole`; `pulls` and `subjects` are its."""
    told = told_of(store, commit)
    if told.pull in pulls or _plain(told.subject) in map(_plain, subjects):
        return True
    mine, theirs = _added(store, whole), _added(store, commit)
    score = sum(_likeness(lines, theirs.get(path, ())) for path, lines in mine.items())
    return 2 * score > sum(len(line) for lines in mine.values() for line in lines)


def _plain(subject: str) -> str:
    """A subject without the number that a forge puts behind it."""
    return re.sub(r"\s*\((?:GH-|#|!)\d+\)$", "", subject)


def _added(store: ObjectStore, oid: Oid) -> dict[bytes, list[bytes]]:
    """The lines that a commit adds to its first parent, by path."""
    commit = store.commit(oid)
    if not commit.parents:
        return {}
    pair = store.commit(commit.parents[0]).tree, commit.tree
    found: dict[bytes, list[bytes]] = {}
    for part in parts(diffs_between(store, [pair], renames=False)[0]):
        for hunk in part.hunks if part.new_path is not None else ():
            before = set(hunk.before)
            lines = (line.strip() for line in hunk.after if line not in before)
            found.setdefault(part.new_path or b"", []).extend(filter(None, lines))
    return found


def _likeness(mine: Sequence[bytes], theirs: Sequence[bytes]) -> int:
    """How many bytes of `mine` are in `theirs`, each line in the one that is most like it."""
    same = set(theirs)
    others = theirs if len(mine) * len(theirs) <= _MOST_PAIRS else ()
    return sum(
        len(line) if line in same else max((_common(line, other) for other in others), default=0)
        for line in mine
    )


def _common(line: bytes, other: bytes) -> int:
    """How many bytes of `line` are in `other` too, in the same order."""
    blocks = SequenceMatcher(None, line, other, autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks if block.size >= _SHORTEST)
