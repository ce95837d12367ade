"""Accounts as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stacker.hub.call import Json
    from stacker.hub.records import Account, Right
    from stacker.hub.urls import Urls


def node_id(kind: str, number: int) -> str:
    """The id by which GraphQL knows an object: its kind's letters and its number."""
    return f"{kind}_{number:08d}"


def user(urls: Urls, account: Account) -> Json:
    """A user as part of other objects (simple-user)."""
    url = urls.api("users", account.login)
    return {
        "login": account.login,
        "id": account.id,
        "node_id": node_id("U", account.id),
        "avatar_url": urls.page("avatars", account.id),
        "gravatar_id": "",
        "url": url,
        "html_url": urls.page(account.login),
        "followers_url": f"{url}/followers",
        "following_url": url + "/following{/other_user}",
        "gists_url": url + "/gists{/gist_id}",
        "starred_url": url + "/starred{/owner}{/repo}",
        "subscriptions_url": f"{url}/subscriptions",
        "organizations_url": f"{url}/orgs",
        "repos_url": f"{url}/repos",
        "events_url": url + "/events{/privacy}",
        "received_events_url": f"{url}/received_events",
        "type": "User",
        "site_admin": False,
    }


def profile(urls: Urls, account: Account, repositories: int) -> Json:
    """A user as an object of its own (public-user); `repositories` is how many it owns."""
    long_ago = "2008-01-14T04:33:35Z"
    return user(urls, account) | {
        "name": account.login,
        "company": None,
        "blog": "",
        "location": None,
        "email": f"{account.login}@users.noreply.github.com",
        "hireable": None,
        "bio": None,
        "public_repos": repositories,
        "public_gists": 0,
        "followers": 0,
        "following": 0,
        "created_at": long_ago,
        "updated_at": long_ago,
    }


def permissions(right: Right) -> Json:
    """A right in the five flags of a repository."""
    admin, write = right.word == "admin", right.word in {"admin", "write"}
    return {"admin": admin, "maintain": admin, "push": write, "triage": write, "pull": True}


def collaborator(urls: Urls, account: Account, right: Right) -> Json:
    """A user with what it may do in a repository."""
    flags = permissions(right)
    return user(urls, account) | {"permissions": flags, "role_name": right.word}


def permission(urls: Urls, account: Account, right: Right) -> Json:
    """What one user may do in a repository."""
    return {
        "permission": right.word,
        "role_name": right.word,
        "user": collaborator(urls, account, right),
    }
