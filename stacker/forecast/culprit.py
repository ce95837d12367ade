"""The upstream commit that broke a stage first, found by bisecting upstream's first-parent line.

Invariant of the search: the chain goes through on the commit before, and stops on the culprit.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from stacker.git.history import first_parents
from stacker.series.compose import Composer, Standing

if TYPE_CHECKING:
    from stacker.git.objects import Oid
    from stacker.series.compose import Composition
    from stacker.series.plan import StageId


class Culprit(NamedTuple):
    """An upstream commit: its subject, who wrote it, and its pull request where it tells."""

    commit: Oid
    subject: str
    author: str
    pull: int | None


def find(what: Composition, stage: StageId, good: Oid, bad: Oid) -> Culprit | None:
    """The first commit after `good` on which `stage` stops; it is known to stop on `bad`.

    `None` when `good` is not an ancestor line of `bad`, or the stage stops on `good` already.
    """
    line = first_parents(what.store, good, bad)
    if not line or not _goes_through(what, stage, good):
        return None
    low, high = -1, len(line) - 1
    while high - low > 1:
        middle = (low + high) // 2
        if _goes_through(what, stage, line[middle]):
            low = middle
        else:
            high = middle
    before = what.store.commit(line[high]).parents[:1]
    if high == 0 and before not in ((), (good,)) and not _goes_through(what, stage, before[0]):
        return None  # the base is beside upstream's line, and what broke the stage further back
    return describe(what, line[high])


def describe(what: Composition, oid: Oid) -> Culprit:
    """What is told of an upstream commit."""
    commit = what.store.commit(oid)
    text = commit.message.decode("utf-8", "replace")
    number = re.search(r"\((?:GH-|gh-|#)(\d+)\)|^Merge pull request #(\d+)", text.split("\n", 1)[0])
    pull = int(number[1] or number[2]) if number else None
    name = commit.author.name.decode("utf-8", "backslashreplace")
    return Culprit(oid, commit.subject, name, pull)


def _goes_through(what: Composition, stage: StageId, base: Oid) -> bool:
    bases = {**what.bases, what.repositories[stage]: base}
    return isinstance(Composer(what._replace(bases=bases)).outcome(stage), Standing)
