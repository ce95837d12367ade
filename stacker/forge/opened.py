"""A pull request as REST answers with it, right after it was opened."""

from __future__ import annotations

from stacker.forge.answers import expect_bool, expect_int, expect_oid, expect_str, optional_str
from stacker.forge.api import PullRequest, PullState
from stacker.forge.shapes import login


def just_opened(repository: str, answer: object) -> PullRequest:
    """The value; nobody has said anything about it yet, and who opened it may change it."""
    return PullRequest(
        repository=repository,
        number=expect_int(answer, "number"),
        url=expect_str(answer, "html_url"),
        node_id=expect_str(answer, "node_id"),
        state=PullState.OPEN,
        draft=expect_bool(answer, "draft"),
        title=expect_str(answer, "title"),
        body=optional_str(answer, "body") or "",
        head_owner=optional_str(answer, "head", "user", "login"),
        head_repository=optional_str(answer, "head", "repo", "full_name"),
        head_branch=expect_str(answer, "head", "ref"),
        head=expect_oid(answer, "head", "sha"),
        base_branch=expect_str(answer, "base", "ref"),
        author=login(answer, "user"),
        merge_commit=None,
        reviews=(),
        checks=(),
        maintainer_can_modify=expect_bool(answer, "maintainer_can_modify"),
        may_edit=True,
        comments=(),
        base_tip=expect_oid(answer, "base", "sha"),
    )
