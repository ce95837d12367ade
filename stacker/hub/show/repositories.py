"""Repositories as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.hub import repositories
from stacker.hub.show.accounts import node_id, permissions, user
from stacker.hub.urls import Urls

if TYPE_CHECKING:
    from stacker.hub.call import Call, Json
    from stacker.hub.records import Repository

# GitHub's list of links; what stands after the name is the template it publishes.
_LINKS = {
    "archive_url": "/{archive_format}{/ref}",
    "assignees_url": "/assignees{/user}",
    "blobs_url": "/git/blobs{/sha}",
    "branches_url": "/branches{/branch}",
    "collaborators_url": "/collaborators{/collaborator}",
    "comments_url": "/comments{/number}",
    "commits_url": "/commits{/sha}",
    "compare_url": "/compare/{base}...{head}",
    "contents_url": "/contents/{+path}",
    "contributors_url": "/contributors",
    "deployments_url": "/deployments",
    "downloads_url": "/downloads",
    "events_url": "/events",
    "forks_url": "/forks",
    "git_commits_url": "/git/commits{/sha}",
    "git_refs_url": "/git/refs{/sha}",
    "git_tags_url": "/git/tags{/sha}",
    "hooks_url": "/hooks",
    "issue_comment_url": "/issues/comments{/number}",
    "issue_events_url": "/issues/events{/number}",
    "issues_url": "/issues{/number}",
    "keys_url": "/keys{/key_id}",
    "labels_url": "/labels{/name}",
    "languages_url": "/languages",
    "merges_url": "/merges",
    "milestones_url": "/milestones{/number}",
    "notifications_url": "/notifications{?since,all,participating}",
    "pulls_url": "/pulls{/number}",
    "releases_url": "/releases{/id}",
    "stargazers_url": "/stargazers",
    "statuses_url": "/statuses/{sha}",
    "subscribers_url": "/subscribers",
    "subscription_url": "/subscription",
    "tags_url": "/tags",
    "teams_url": "/teams",
    "trees_url": "/git/trees{/sha}",
}


def minimal(call: Call, repository: Repository) -> Json:
    """A repository as a part of other objects (minimal-repository)."""
    urls = Urls(call.origin)
    url = urls.repository(repository)
    return {
        "id": repository.id,
        "node_id": node_id("R", repository.id),
        "name": repository.name,
        "full_name": repository.full_name,
        "owner": user(urls, repositories.owner_of(call.db, repository)),
        "private": False,
        "html_url": urls.page(repository.full_name),
        "description": None,
        "fork": repository.parent is not None,
        "url": url,
    } | {name: url + rest for name, rest in _LINKS.items()}


def plain(call: Call, repository: Repository) -> Json:
    """A repository as a pull request's head and base have it."""
    page = Urls(call.origin).page(repository.full_name)
    forks = call.db.number("SELECT count(*) FROM repositories WHERE parent = ?", repository.id)
    sql = "SELECT count(*) FROM pulls WHERE is_open AND repository = ?"
    pulls = call.db.number(sql, repository.id)
    right = repositories.right(call.db, repository, call.asker)
    return minimal(call, repository) | {
        "git_url": page.replace("http", "git", 1) + ".git",
        "ssh_url": f"git@localhost:{repository.full_name}.git",
        "clone_url": f"{page}.git",
        "svn_url": page,
        "mirror_url": None,
        "homepage": None,
        "language": None,
        "forks_count": forks,
        "forks": forks,
        "stargazers_count": 0,
        "watchers_count": 0,
        "watchers": 0,
        "size": 0,
        "default_branch": repositories.bare(call.site, repository).default_branch(),
        "open_issues_count": pulls,
        "open_issues": pulls,
        "has_issues": True,
        "has_projects": False,
        "has_wiki": False,
        "has_pages": False,
        "has_downloads": False,
        "has_discussions": False,
        "archived": False,
        "disabled": False,
        "visibility": "public",
        "license": None,
        "pushed_at": repository.created_at,
        "created_at": repository.created_at,
        "updated_at": repository.created_at,
        "permissions": permissions(right),
    }


def full(call: Call, repository: Repository) -> Json:
    """A repository as an object of its own (full-repository)."""
    shown = plain(call, repository) | {
        "allow_merge_commit": repository.allow_merge,
        "allow_squash_merge": repository.allow_squash,
        "allow_rebase_merge": repository.allow_rebase,
        "allow_auto_merge": False,
        "allow_forking": True,
        "delete_branch_on_merge": False,
        "subscribers_count": 0,
        "network_count": 0,
    }
    for name, number in (("parent", repository.parent), ("source", repository.source)):
        if number is not None:
            relative = repositories.by_id(call.db, number)
            if repositories.path_of(call.site, relative).is_dir():
                shown[name] = plain(call, relative)
    return shown
