"""The one request that lands something by the forge's own hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from github.GithubObject import NotSet

from stacker.forge.answers import expect_oid
from stacker.forge.api import MergeAnswer, MergeDone, MergeRefused
from stacker.forge.failures import Refused

if TYPE_CHECKING:
    from github.PullRequest import PullRequest

    from stacker.forge.api import MergeMethod
    from stacker.forge.connection import Connection

_REFUSALS = frozenset({403, 405, 409, 422})


def merge(
    connection: Connection,
    what: str,
    pull: PullRequest,
    *,
    sha: str,
    method: MergeMethod,
    title: str | None,
    message: str | None,
) -> MergeAnswer:
    """Merge it if its head is still `sha`; never asked twice. `what` completes "cannot …"."""
    try:
        done = connection.act(
            what,
            lambda: (
                pull.merge(
                    commit_title=NotSet if title is None else title,
                    commit_message=NotSet if message is None else message,
                    merge_method=method.value,
                    sha=sha,
                ).raw_data
            ),
        )
    except Refused as refusal:
        if refusal.status in _REFUSALS and not refusal.limited:
            return MergeRefused(refusal.status, refusal.words)
        raise
    return MergeDone(expect_oid(done, "sha"))
