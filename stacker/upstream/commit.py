"""What is told of a commit of upstream: its subject, who wrote it when, its pull request."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, NamedTuple

from stacker.upstream.pulls import pull_of

if TYPE_CHECKING:
    from stacker.git.objects import Oid, Signature
    from stacker.git.store import ObjectStore


class UpstreamCommit(NamedTuple):
    """`date` is when it was written, in ISO 8601, and empty where the commit does not tell.

    `pull` is the number of its pull request; `None` where the message tells none.
    """

    oid: Oid
    subject: str
    author: str
    date: str
    pull: int | None


def told_of(store: ObjectStore, oid: Oid) -> UpstreamCommit:
    """All of that; raises `GitError` when the store lacks the commit."""
    commit = store.commit(oid)
    name = commit.author.name.decode("utf-8", "backslashreplace")
    pull = pull_of(commit.message.decode("utf-8", "replace"))
    return UpstreamCommit(oid, commit.subject, name, _date(commit.author), pull)


def _date(who: Signature) -> str:
    """When it was written, by the author's own clock."""
    seconds, _, zone = who.when.decode("ascii", "replace").partition(" ")
    try:
        minutes = int(zone[:-2]) * 60 + int(zone[0] + zone[-2:])
        there = timezone(timedelta(minutes=minutes))
        return datetime.fromtimestamp(int(seconds), there).isoformat()
    except (ValueError, IndexError, OverflowError, OSError):
        return ""
