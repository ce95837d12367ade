"""What REST tells about a repository and the CI checks of a commit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.forge.answers import (
    at,
    expect_bool,
    expect_int,
    expect_str,
    optional_int,
    optional_str,
    unreadable,
)
from stacker.forge.api import (
    CIResult,
    CISource,
    MergeMethod,
    Permission,
    RepositoryFacts,
)
from stacker.forge.shapes import app_of, run_state, status_state

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_METHODS = {
    "allow_merge_commit": MergeMethod.MERGE,
    "allow_squash_merge": MergeMethod.SQUASH,
    "allow_rebase_merge": MergeMethod.REBASE,
}


def repository_facts(data: object) -> RepositoryFacts:
    """A repository as `GET /repos/OWNER/NAME` describes it."""
    url = expect_str(data, "clone_url")
    if not url.startswith(("https://", "http://")):
        raise unreadable(("clone_url",), "an http(s) address", url)
    return RepositoryFacts(
        full_name=expect_str(data, "full_name"),
        default_branch=expect_str(data, "default_branch"),
        permission=_permission(at(data, "permissions")),
        merge_methods=frozenset(
            method for key, method in _METHODS.items() if at(data, key) is True
        ),
        is_fork=expect_bool(data, "fork"),
        parent=optional_str(data, "parent", "full_name"),
        clone_url=url,
    )


def _permission(granted: object) -> Permission:
    if granted is None:  # asked without a token, and shown all the same
        return Permission.READ
    if at(granted, "admin") is True:
        return Permission.ADMIN
    if at(granted, "maintain") is True or at(granted, "push") is True:
        return Permission.WRITE
    return Permission.READ if at(granted, "pull") is True else Permission.NONE


def newest_statuses(entries: Iterable[object]) -> Iterator[CIResult]:
    """The newest status of each context; `entries` come newest first."""
    seen: set[str] = set()
    for entry in entries:
        name = expect_str(entry, "context")
        if name not in seen:
            seen.add(name)
            yield CIResult(
                name=name,
                source=CISource.STATUS,
                state=status_state(entry),
                description=optional_str(entry, "description") or "",
                creator=optional_str(entry, "creator", "login") or "",
                app=app_of(optional_str(entry, "creator", "login")),
            )


def newest_runs(entries: Iterable[object]) -> Iterator[CIResult]:
    """The newest run of each name and app, whichever order `entries` come in."""
    newest: dict[tuple[str, str], object] = {}
    for entry in entries:
        key = (expect_str(entry, "name"), optional_str(entry, "app", "slug") or "")
        if key not in newest or expect_int(entry, "id") > expect_int(newest[key], "id"):
            newest[key] = entry
    for (name, app), entry in newest.items():
        title = optional_str(entry, "output", "title") or ""
        number = optional_int(entry, "app", "id")
        yield CIResult(name, CISource.CHECK_RUN, run_state(entry), title, app, app=number)
