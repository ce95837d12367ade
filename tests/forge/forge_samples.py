"""Answers of a forge, as GitHub spells them."""

from __future__ import annotations

TOKEN = "t0ken-of-nobody-else"
HEAD = "a" * 40
OTHER = "b" * 40


def page(*nodes, after=None):
    return {
        "nodes": list(nodes),
        "pageInfo": {"hasNextPage": after is not None, "endCursor": after},
    }


def rollup(*contexts, oid=HEAD, after=None):
    rolled = {"contexts": page(*contexts, after=after)} if contexts else None
    return {"nodes": [{"commit": {"oid": oid, "statusCheckRollup": rolled}}]}


def status(context, state="SUCCESS"):
    return {
        "__typename": "StatusContext",
        "context": context,
        "state": state,
        "description": None,
        "creator": {"login": "bot"},
    }


def run(name, conclusion="SUCCESS", state="COMPLETED"):
    return {"__typename": "CheckRun", "name": name, "status": state, "conclusion": conclusion}


def review(author, state="APPROVED", commit=HEAD):
    return {
        "author": {"login": author} if author else None,
        "state": state,
        "commit": {"oid": commit},
        "submittedAt": "2019-05-01T10:00:00Z",
    }


def pull(number=7, /, **changes):
    return {
        "id": f"PR_{number}",
        "number": number,
        "url": f"https://forge.example/o/r/pull/{number}",
        "state": "OPEN",
        "isDraft": False,
        "title": f"Part {number}",
        "body": "",
        "headRefName": f"stack/{number}",
        "headRefOid": HEAD,
        "baseRefName": "master",
        "maintainerCanModify": True,
        "viewerCanUpdate": True,
        "headRepository": {"nameWithOwner": "paul/r"},
        "headRepositoryOwner": {"login": "paul"},
        "author": {"login": "paul"},
        "autoMergeRequest": None,
        "isInMergeQueue": False,
        "labels": {"nodes": []},
        "timelineItems": {"nodes": []},
        "mergeCommit": None,
        "reviews": page(),
        "comments": page(),
        "reviewThreads": page(),
        "commits": rollup(),
    } | changes


def opened(number=7, /, **changes):
    """What REST answers to who opened one."""
    return {
        "number": number,
        "url": "http://evil.example/7",
        "html_url": f"https://forge.example/o/r/pull/{number}",
        "node_id": f"PR_{number}",
        "draft": False,
        "title": f"Part {number}",
        "body": None,
        "head": {
            "ref": f"stack/{number}",
            "sha": HEAD,
            "user": {"login": "paul"},
            "repo": {"full_name": "paul/r"},
        },
        "base": {"ref": "master", "sha": OTHER},
        "user": {"login": "paul"},
        "maintainer_can_modify": True,
    } | changes


def graph(errors=None, **aliases):
    return {"data": {"repository": aliases}} | ({"errors": errors} if errors else {})


def absent(alias):
    return {"type": "NOT_FOUND", "path": ["repository", alias], "message": "Could not resolve."}


REPOSITORY = {
    "full_name": "o/r",
    "default_branch": "master",
    "permissions": {"admin": False, "push": True, "pull": True},
    "allow_merge_commit": True,
    "allow_squash_merge": False,
    "allow_rebase_merge": True,
    "fork": False,
    "clone_url": "https://forge.example/o/r.git",
}
