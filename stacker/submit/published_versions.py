"""The versions that each pull request had and is to have: what its text tells, and the new head."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from stacker.series.plan.model import Publish
from stacker.submit.heads import published_as
from stacker.submit.published_facts import PublishedVersion, following, read
from stacker.submit.texts import our_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stacker.forge.api import PullRequest
    from stacker.git.store import ObjectStore
    from stacker.series.loading import Series
    from stacker.series.plan.model import StageId
    from stacker.submit.heads import Head

_NUMBERED = re.compile(r"v[0-9]+: ")


def published_versions(
    store: ObjectStore,
    series: Series,
    heads: Sequence[Head],
    pulls: Mapping[StageId, PullRequest],
    why: str,
) -> dict[StageId, tuple[PublishedVersion, ...]]:
    """The versions of every stage, the newest last; `why` there are new heads now."""
    found = {}
    for head in heads:
        pull = pulls.get(head.stage)
        facts = read(our_text(pull, series.plan.name)) if pull else None
        known = facts.versions if facts and facts.series == series.plan.name else ()
        line = series.lock.stage(head.stage)
        published = published_as(head, line.published if line else None, series.lock.version)
        told = known[-1].why if known and known[-1].head == head.head else None
        newest = PublishedVersion(
            number=published.version, head=head.head, below=head.stands_on, base=head.base,
            why=told or _reason(store, series, head, why),
        )  # fmt: skip
        found[head.stage] = following(known, newest)
    return found


def _reason(store: ObjectStore, series: Series, head: Head, why: str) -> str:
    """Why there is this head: an appended one says it itself, a clean chain's cannot."""
    repository = series.plan.repository(head.repository)
    if repository.publish is Publish.REWRITE and head.moved and head.old is not None:
        return why
    return _NUMBERED.sub("", store.commit(head.head).subject, count=1)
