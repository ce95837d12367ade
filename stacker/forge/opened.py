"""A pull request right after it was opened: as REST answers with it, and until reads show it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from stacker.errors import ForgeError
from stacker.forge.answers import expect_bool, expect_int, expect_oid, expect_str, optional_str
from stacker.forge.api import PullRequest, PullState
from stacker.forge.shapes import login

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence


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


def until_shown(
    pulls: Callable[[str, Sequence[int]], tuple[PullRequest, ...]],
    pauses: Iterable[float],
    repository: str,
    numbers: Sequence[int],
) -> tuple[PullRequest, ...]:
    """What `pulls` reads as soon as all of these are in it: it may be older for a moment."""
    found = pulls(repository, numbers)
    for pause in pauses:
        if len(found) == len(set(numbers)):
            return found
        time.sleep(pause)
        found = pulls(repository, numbers)
    missing = set(numbers) - {pull.number for pull in found}
    if not missing:
        return found
    raise ForgeError(
        f"#{min(missing)} was opened in {repository}, and the forge does not show it yet",
        hint="Run it again in a while: what is there is found and not made twice.",
    )
