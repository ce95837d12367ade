"""Commits, refs and branches, and what is reported about them, as JSON."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from stacker.hub import repositories
from stacker.hub.auth import account, account_by_id, app_id
from stacker.hub.checks import combined
from stacker.hub.protection import rules_for
from stacker.hub.records import Account
from stacker.hub.show.accounts import node_id, user
from stacker.hub.show.repositories import minimal
from stacker.hub.urls import Urls

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stacker.git.objects import Signature
    from stacker.hub.bare import Found
    from stacker.hub.call import Call, Json
    from stacker.hub.diff import File
    from stacker.hub.protection import Rules
    from stacker.hub.records import CheckRun, Repository, Status

_LAST_SECOND = 253_402_300_799  # of the year 9999
_NOREPLY = "@users.noreply.github.com"


def commit(call: Call, repository: Repository, found: Found) -> Json:
    """A commit (commit), without its files."""
    urls, each = Urls(call.origin), found.commit
    url = urls.repository(repository, "commits", found.oid)
    return {
        "sha": found.oid,
        "node_id": f"C_{repository.id}_{found.oid}",
        "url": url,
        "html_url": urls.page(repository.full_name, "commit", found.oid),
        "comments_url": f"{url}/comments",
        "commit": {
            "url": urls.repository(repository, "git", "commits", found.oid),
            "author": _person(each.author),
            "committer": _person(each.committer),
            "message": each.message.decode("utf-8", "replace").rstrip("\n"),
            "tree": {
                "sha": each.tree,
                "url": urls.repository(repository, "git", "trees", each.tree),
            },
            "comment_count": 0,
            "verification": {
                "verified": False,
                "reason": "unsigned",
                "signature": None,
                "payload": None,
                "verified_at": None,
            },
        },
        "author": _known(call, each.author),
        "committer": _known(call, each.committer),
        "parents": [
            {
                "sha": parent,
                "url": urls.repository(repository, "commits", parent),
                "html_url": urls.page(repository.full_name, "commit", parent),
            }
            for parent in each.parents
        ],
    }


def files(call: Call, repository: Repository, oid: str, changed: Sequence[File]) -> list[Json]:
    """Changed files (diff-entry) as they are in the commit `oid`."""
    urls = Urls(call.origin)
    shown: list[Json] = []
    for each in changed:
        entry: Json = {
            "sha": each.oid,
            "filename": each.path,
            "status": each.status,
            "additions": each.additions,
            "deletions": each.deletions,
            "changes": each.additions + each.deletions,
            "blob_url": urls.page(repository.full_name, "blob", oid, each.path),
            "raw_url": urls.page(repository.full_name, "raw", oid, each.path),
            "contents_url": urls.repository(repository, "contents", each.path) + f"?ref={oid}",
        }
        if each.patch is not None:
            entry["patch"] = each.patch
        if each.previous is not None:
            entry["previous_filename"] = each.previous
        shown.append(entry)
    return shown


def ref(call: Call, repository: Repository, name: str, oid: str, kind: str) -> Json:
    """A ref (git-ref); `kind` is the kind of the object it points to."""
    urls = Urls(call.origin)
    return {
        "ref": name,
        "node_id": f"REF_{repository.id}_{name}",
        "url": urls.repository(repository, "git", name),
        "object": {
            "sha": oid,
            "type": kind,
            "url": urls.repository(repository, "git", f"{kind}s", oid),
        },
    }


def short_branch(call: Call, repository: Repository, name: str, oid: str) -> Json:
    """A branch as lists have it (short-branch)."""
    urls = Urls(call.origin)
    rules = rules_for(call.db, repository, name)
    checks = (rules.checks if rules else None) or ()
    return {
        "name": name,
        "commit": {"sha": oid, "url": urls.repository(repository, "commits", oid)},
        "protected": rules is not None,
        "protection": {
            "enabled": rules is not None,
            "required_status_checks": {
                "enforcement_level": _level(rules),
                "contexts": [each.name for each in checks],
                "checks": [{"context": each.name, "app_id": each.app} for each in checks],
            },
        },
        "protection_url": urls.repository(repository, "branches", name, "protection"),
    }


def branch(call: Call, repository: Repository, name: str, oid: str) -> Json:
    """A branch as an object of its own (branch-with-protection)."""
    urls = Urls(call.origin)
    found = repositories.bare(call.site, repository).commits([oid])[0]
    return short_branch(call, repository, name, oid) | {
        "commit": commit(call, repository, found),
        "_links": {
            "self": urls.repository(repository, "branches", name),
            "html": urls.page(repository.full_name, "tree", name),
        },
    }


def protection(call: Call, repository: Repository, name: str, rules: Rules) -> Json:
    """The rules of a branch (branch-protection)."""
    url = Urls(call.origin).repository(repository, "branches", name, "protection")
    shown: Json = {
        "url": url,
        "enforce_admins": {"url": f"{url}/enforce_admins", "enabled": rules.enforce_admins},
        "required_linear_history": {"enabled": rules.linear},
        "allow_force_pushes": {"enabled": rules.allow_force},
        "allow_deletions": {"enabled": rules.allow_deletions},
    }
    if rules.checks is not None:
        shown["required_status_checks"] = {
            "url": f"{url}/required_status_checks",
            "contexts_url": f"{url}/required_status_checks/contexts",
            "strict": rules.strict,
            "contexts": [each.name for each in rules.checks],
            "checks": [{"context": each.name, "app_id": each.app} for each in rules.checks],
        }
    if rules.approvals is not None:
        shown["required_pull_request_reviews"] = {
            "url": f"{url}/required_pull_request_reviews",
            "dismiss_stale_reviews": rules.dismiss_stale,
            "require_code_owner_reviews": False,
            "require_last_push_approval": rules.last_push,
            "required_approving_review_count": rules.approvals,
        }
    return shown


def simple_status(call: Call, repository: Repository, each: Status) -> Json:
    """A status as part of a combined one (simple-commit-status)."""
    urls = Urls(call.origin)
    return {
        "id": each.id,
        "node_id": node_id("SC", each.id),
        "url": urls.repository(repository, "statuses", each.oid),
        "avatar_url": urls.page("avatars", each.creator),
        "state": each.state,
        "context": each.context,
        "description": each.description,
        "target_url": each.target_url,
        "created_at": each.created_at,
        "updated_at": each.created_at,
    }


def status(call: Call, repository: Repository, each: Status) -> Json:
    """A status as an object of its own (status)."""
    creator = user(Urls(call.origin), account_by_id(call.db, each.creator))
    return simple_status(call, repository, each) | {"creator": creator}


def combined_status(
    call: Call, repository: Repository, oid: str, latest: Sequence[Status], count: int
) -> Json:
    """The newest statuses of a commit taken together; `count` of them over all pages."""
    url = Urls(call.origin).repository(repository, "commits", oid)
    return {
        "state": combined([each.state for each in latest]),
        "statuses": [simple_status(call, repository, each) for each in latest],
        "sha": oid,
        "total_count": count,
        "repository": minimal(call, repository),
        "commit_url": url,
        "url": f"{url}/status",
    }


def check_run(call: Call, repository: Repository, each: CheckRun) -> Json:
    """A check run (check-run)."""
    urls = Urls(call.origin)
    url = urls.repository(repository, "check-runs", each.id)
    return {
        "id": each.id,
        "head_sha": each.oid,
        "node_id": node_id("CR", each.id),
        "external_id": each.external_id,
        "url": url,
        "html_url": urls.page(repository.full_name, "runs", each.id),
        "details_url": each.details_url,
        "status": each.status,
        "conclusion": each.conclusion,
        "started_at": each.started_at,
        "completed_at": each.completed_at,
        "output": {
            "title": each.title,
            "summary": each.summary,
            "text": None,
            "annotations_count": 0,
            "annotations_url": f"{url}/annotations",
        },
        "name": each.name,
        "check_suite": {"id": each.id},
        "app": _app(urls, each.app, app_id(call.db, each.creator)) if each.app else None,
        "pull_requests": [],
    }


def _app(urls: Urls, slug: str, number: int | None) -> Json:
    """An app (integration); the hub keeps nothing of it but its slug."""
    long_ago = "2018-07-30T09:30:17Z"
    return {
        "id": number,
        "slug": slug,
        "node_id": node_id("A", number or 0),
        "owner": user(urls, Account(0, f"{slug}[bot]")),
        "name": slug,
        "description": None,
        "external_url": urls.page("apps", slug),
        "html_url": urls.page("apps", slug),
        "created_at": long_ago,
        "updated_at": long_ago,
        "permissions": {"checks": "write"},
        "events": [],
    }


def _person(signature: Signature) -> Json:
    seconds = min(max(signature.seconds, 0), _LAST_SECOND)  # commits may carry any number
    moment = datetime.fromtimestamp(seconds, UTC)
    return {
        "name": signature.name.decode("utf-8", "replace"),
        "email": signature.email.decode("utf-8", "replace"),
        "date": moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def _known(call: Call, signature: Signature) -> Json | None:
    """The account behind a mail address; only GitHub's own no-reply addresses are known."""
    address = signature.email.decode("utf-8", "replace")
    if not address.endswith(_NOREPLY):
        return None
    login = address.removesuffix(_NOREPLY).rpartition("+")[2]
    found = account(call.db, login)
    return user(Urls(call.origin), found) if found else None


def _level(rules: Rules | None) -> str:
    if rules is None or rules.checks is None:
        return "off"
    return "everyone" if rules.enforce_admins else "non_admins"
