"""Pull requests and what hangs on them as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.hub import repositories
from stacker.hub.auth import account_by_id
from stacker.hub.automerge import wanted
from stacker.hub.mergeability import conflicts, state
from stacker.hub.records import Label, Right
from stacker.hub.show.accounts import node_id, user
from stacker.hub.show.repositories import plain
from stacker.hub.urls import Urls

if TYPE_CHECKING:
    from stacker.hub.call import Call, Json
    from stacker.hub.records import Comment, Pull, Repository, Review, ReviewComment


def simple(call: Call, pull: Pull) -> Json:
    """A pull request as lists have it (pull-request-simple)."""
    urls = Urls(call.origin)
    base = repositories.by_id(call.db, pull.repository)
    url = urls.repository(base, "pulls", pull.number)
    page = urls.page(base.full_name, "pull", pull.number)
    issue = urls.repository(base, "issues", pull.number)
    links = {
        "self": url,
        "html": page,
        "issue": issue,
        "comments": f"{issue}/comments",
        "review_comments": f"{url}/comments",
        "review_comment": urls.repository(base, "pulls", "comments") + "{/number}",
        "commits": f"{url}/commits",
        "statuses": urls.repository(base, "statuses", pull.head),
    }
    linked = {f"{name}_url": link for name, link in links.items() if name not in {"self", "html"}}
    return linked | {
        "url": url,
        "id": pull.id,
        "node_id": node_id("PR", pull.id),
        "html_url": page,
        "diff_url": f"{page}.diff",
        "patch_url": f"{page}.patch",
        "number": pull.number,
        "state": "open" if pull.is_open else "closed",
        "locked": False,
        "title": pull.title,
        "user": user(urls, account_by_id(call.db, pull.author)),
        "body": pull.body,
        "labels": [_label(call, base, each) for each in labels_of(call, pull)],
        "milestone": None,
        "created_at": pull.created_at,
        "updated_at": pull.updated_at,
        "closed_at": pull.closed_at,
        "merged_at": pull.merged_at,
        "merge_commit_sha": pull.merge_commit or pull.test_merge,
        "assignee": None,
        "assignees": [],
        "requested_reviewers": [],
        "requested_teams": [],
        "head": _end(call, pull.head_repository, pull.head_ref, pull.head),
        "base": _end(call, pull.repository, pull.base_ref, pull.base),
        "_links": {name: {"href": link} for name, link in links.items()},
        "author_association": association(call, base, pull.author),
        "auto_merge": _auto_merge(call, pull),
        "draft": pull.draft,
    }


def full(call: Call, pull: Pull) -> Json:
    """A tested pull request as an object of its own (pull-request)."""
    urls, db = Urls(call.origin), call.db
    bare = repositories.bare(call.site, repositories.by_id(db, pull.repository))
    added, deleted, changed = bare.size(pull.base, pull.head)
    comments = db.number("SELECT count(*) FROM comments WHERE pull = ?", pull.id)
    on_lines = db.number("SELECT count(*) FROM review_comments WHERE pull = ?", pull.id)
    mergeable = not conflicts(pull) if pull.is_open else None
    return simple(call, pull) | {
        "merged": pull.merged_at is not None,
        "mergeable": mergeable,
        "rebaseable": mergeable,
        "mergeable_state": state(call.site, db, pull),
        "merged_by": pull.merged_by and user(urls, account_by_id(db, pull.merged_by)),
        "comments": comments,
        "review_comments": on_lines,
        "maintainer_can_modify": pull.maintainer_can_modify,
        "commits": bare.count(pull.base, pull.head),
        "additions": added,
        "deletions": deleted,
        "changed_files": changed,
    }


def _end(call: Call, number: int, ref: str, oid: str) -> Json:
    repository = repositories.by_id(call.db, number)
    gone = not repositories.path_of(call.site, repository).is_dir()
    return {
        "label": f"{repository.owner_login}:{ref}",
        "ref": ref,
        "sha": oid,
        "user": user(Urls(call.origin), repositories.owner_of(call.db, repository)),
        "repo": None if gone else plain(call, repository),
    }


def association(call: Call, repository: Repository, author: int) -> str:
    """GitHub's word for what an author is to a repository."""
    if author == repository.owner:
        return "OWNER"
    right = repositories.right(call.db, repository, account_by_id(call.db, author))
    if right >= Right.WRITE:
        return "COLLABORATOR"
    sql = "SELECT count(*) FROM pulls WHERE repository = ? AND author = ? AND merged_at NOTNULL"
    return "CONTRIBUTOR" if call.db.number(sql, repository.id, author) else "NONE"


def labels_of(call: Call, pull: Pull) -> list[Label]:
    """The labels of a pull request, in the order in which they were put on."""
    return call.db.all(Label, "SELECT * FROM labels WHERE pull = ? ORDER BY id", pull.id)


def label(call: Call, repository: Repository, each: Label) -> Json:
    """A label (label)."""
    return _label(call, repository, each) | {"archived_at": None}


def _label(call: Call, repository: Repository, each: Label) -> Json:
    """A label as a pull request has it."""
    return {
        "id": each.id,
        "node_id": node_id("LA", each.id),
        "url": Urls(call.origin).repository(repository, "labels", each.name),
        "name": each.name,
        "description": None,
        "color": "ededed",
        "default": False,
        "archived_by": None,
    }


def comment(call: Call, pull: Pull, each: Comment) -> Json:
    """A comment under a pull request (issue-comment)."""
    urls = Urls(call.origin)
    base = repositories.by_id(call.db, pull.repository)
    page = urls.page(base.full_name, "pull", pull.number)
    return {
        "id": each.id,
        "node_id": node_id("IC", each.id),
        "url": urls.repository(base, "issues", "comments", each.id),
        "html_url": f"{page}#issuecomment-{each.id}",
        "issue_url": urls.repository(base, "issues", pull.number),
        "user": user(urls, account_by_id(call.db, each.author)),
        "body": each.body,
        "created_at": each.created_at,
        "updated_at": each.updated_at,
        "author_association": association(call, base, each.author),
        "performed_via_github_app": None,
    }


def review(call: Call, pull: Pull, each: Review) -> Json:
    """A review (pull-request-review)."""
    urls = Urls(call.origin)
    base = repositories.by_id(call.db, pull.repository)
    url = urls.repository(base, "pulls", pull.number)
    page = f"{urls.page(base.full_name, 'pull', pull.number)}#pullrequestreview-{each.id}"
    return {
        "id": each.id,
        "node_id": node_id("PRR", each.id),
        "user": user(urls, account_by_id(call.db, each.author)),
        "body": each.body,
        "state": each.state,
        "html_url": page,
        "pull_request_url": url,
        "_links": {"html": {"href": page}, "pull_request": {"href": url}},
        "submitted_at": each.submitted_at,
        "commit_id": each.oid,
        "author_association": association(call, base, each.author),
    }


def review_comment(call: Call, pull: Pull, each: ReviewComment, line: int | None) -> Json:
    """A comment on a line (pull-request-review-comment), which is at `line` today."""
    urls = Urls(call.origin)
    base = repositories.by_id(call.db, pull.repository)
    here, page = review_comment_urls(call, pull, each)
    of = urls.repository(base, "pulls", pull.number)
    links = {"self": here, "html": page, "pull_request": of}
    shown: Json = {
        "id": each.id,
        "node_id": node_id("PRRC", each.id),
        "url": here,
        "html_url": page,
        "pull_request_url": of,
        "pull_request_review_id": each.review,
        "_links": {name: {"href": link} for name, link in links.items()},
        "user": user(urls, account_by_id(call.db, each.author)),
        "body": each.body,
        "path": each.path,
        "diff_hunk": each.hunk,
        "side": each.side,
        "line": line,
        "original_line": each.line,
        "start_line": None,
        "original_start_line": None,
        "start_side": None,
        "subject_type": "line",
        "commit_id": pull.head if line is not None else each.oid,
        "original_commit_id": each.oid,
        "created_at": each.created_at,
        "updated_at": each.updated_at,
        "author_association": association(call, base, each.author),
    }
    return shown if each.reply_to is None else shown | {"in_reply_to_id": each.reply_to}


def review_comment_urls(call: Call, pull: Pull, each: ReviewComment) -> tuple[str, str]:
    """Where the API has a comment on a line, and where people see it."""
    urls = Urls(call.origin)
    base = repositories.by_id(call.db, pull.repository)
    page = urls.page(base.full_name, "pull", pull.number)
    return urls.repository(base, "pulls", "comments", each.id), f"{page}#discussion_r{each.id}"


def _auto_merge(call: Call, pull: Pull) -> Json | None:
    """That it is to be merged as soon as it may be (auto-merge)."""
    asked = wanted(call.db, pull)
    if asked is None:
        return None
    return {
        "enabled_by": user(Urls(call.origin), account_by_id(call.db, asked.user)),
        "merge_method": asked.method.lower(),
        "commit_title": None,
        "commit_message": None,
    }
