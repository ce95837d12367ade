"""The versions that each pull request had and is to have: what its text tells, and the new head."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from stacker.forge.api import PullState
from stacker.series.plan.choices import Publish
from stacker.submit.heads import published_as
from stacker.submit.texts import our_text
from stacker.submit.versions.kept import fetch_kept, public_commits, rewritten
from stacker.submit.versions.since import histories
from stacker.submit.words.published_facts import LONGEST_WHY, PublishedVersion, following, read

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stacker.forge.api import PullRequest
    from stacker.git.store import ObjectStore
    from stacker.git.transfer import Told
    from stacker.series.loading import Series
    from stacker.series.plan.model import StageId
    from stacker.series.workspace import Workspace
    from stacker.submit.gather import Facts
    from stacker.submit.heads import Head
    from stacker.submit.versions.since import History

_NUMBERED = re.compile(r"v[0-9]+: ")


def stage_histories(
    work: Workspace,
    series: Series,
    heads: Sequence[Head],
    facts: Facts,
    *,
    why: str,
    told: Told | None,
) -> dict[StageId, History]:
    """Every stage's versions and what changed since each; `why` there are new heads now."""
    versions = {h.stage: _versions(work.store, series, h, facts.pulls.get(h.stage), why)
                for h in heads}  # fmt: skip
    places = facts.places
    fetch_kept(work.store, heads, versions, places=places, tips=facts.tips, told=told)
    public = public_commits(work.store, series.lock, heads, facts.tips)
    return histories(work.store, versions, public, rewritten(heads, places))


def _versions(
    store: ObjectStore, series: Series, head: Head, pull: PullRequest | None, why: str
) -> tuple[PublishedVersion, ...]:
    """The versions of a stage; of one whose text we do not write any more, or which lies in a fork
    where nothing can be kept beside it, the newest alone."""
    is_open = pull is not None and pull.state is PullState.OPEN and head.place == head.repository
    facts = read(our_text(pull, series.plan.name)) if pull is not None and is_open else None
    known = facts.versions if facts and facts.series == series.plan.name else ()
    line = series.lock.stage(head.stage)
    published = published_as(head, line.published if line else None, series.lock.version)
    told = known[-1].why if known and known[-1].head == head.head else None
    newest = PublishedVersion(
        number=published.version, head=head.head, below=head.stands_on, base=head.base,
        why=told or _reason(store, series, head, why),
    )  # fmt: skip
    return following(known, newest)


def _reason(store: ObjectStore, series: Series, head: Head, why: str) -> str:
    """Why there is this head: an appended one says it itself, a clean chain's cannot."""
    repository = series.plan.repository(head.repository)
    if repository.publish is Publish.REWRITE and head.moved and head.old is not None:
        said = why.encode("utf-8", "replace").decode("utf-8")
    else:
        said = _NUMBERED.sub("", store.commit(head.head).subject, count=1)
    return said[:LONGEST_WHY]
