"""Whether a commit that changed a stage's lines otherwise is the stage with changes.

Nothing follows from the answer but words. A commit is taken for the stage if git's range-diff
pairs the two, or if its message names the stage's pull request or has its very subject.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from stacker.git.comparing import range_diff
from stacker.upstream.commit import told_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from stacker.git.objects import Oid
    from stacker.git.store import ObjectStore

_PAIRED = re.compile(rb"^ *1: +[0-9a-f]+ [!=] +1:", re.MULTILINE)


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
    here = store.commit(commit)
    if not here.parents:
        return False
    alone = store.write_commit(here.moved(here.tree, here.parents[:1]))
    parent = store.commit(whole).parents[0]
    return bool(_PAIRED.search(range_diff(store, (here.parents[0], alone), (parent, whole))))


def _plain(subject: str) -> str:
    """A subject without the number that a forge puts behind it."""
    return re.sub(r"\s*\((?:GH-|#|!)\d+\)$", "", subject)
