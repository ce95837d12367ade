"""What REST tells about a repository, a protected branch and the CI checks of a commit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.forge.answers import (
    at,
    expect_bool,
    expect_int,
    expect_list,
    expect_str,
    optional_str,
    unreadable,
)
from stacker.forge.api import (
    CIResult,
    CISource,
    MergeMethod,
    Permission,
    Protection,
    RepositoryFacts,
)
from stacker.forge.shapes import run_state, status_state

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


def full_protection(data: object) -> Protection:
    """The rules of a branch as its admins see them."""
    checks = at(data, "required_status_checks")
    reviews = at(data, "required_pull_request_reviews")
    return Protection(
        required_checks=_required(checks),
        strict=checks is not None and at(checks, "strict") is True,
        approvals=0 if reviews is None else expect_int(reviews, "required_approving_review_count"),
        enforce_admins=_enabled(data, "enforce_admins"),
        linear=_enabled(data, "required_linear_history"),
        through_pulls=reviews is not None,
        complete=True,
        newest_push=reviews is not None and at(reviews, "require_last_push_approval") is True,
    )


def summary_protection(branch: object) -> Protection | None:
    """The rules of a branch as everybody sees them; None when it has none."""
    if not expect_bool(branch, "protected"):
        return None
    shown = at(branch, "protection")
    checks = None if shown is None else at(shown, "required_status_checks")
    return Protection(
        required_checks=_required(checks),
        strict=False,
        approvals=0,
        enforce_admins=False,
        linear=False,
        through_pulls=False,
        complete=False,
    )


def _enabled(data: object, key: str) -> bool:
    return at(data, key) is not None and expect_bool(data, key, "enabled")


def _required(checks: object) -> tuple[str, ...]:
    if checks is None:
        return ()
    names = [expect_str({"context": name}, "context") for name in expect_list(checks, "contexts")]
    if at(checks, "checks") is not None:
        names += [expect_str(entry, "context") for entry in expect_list(checks, "checks")]
    return tuple(dict.fromkeys(names))


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
        yield CIResult(name, CISource.CHECK_RUN, run_state(entry), title, app)
