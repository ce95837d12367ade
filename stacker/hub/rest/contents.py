"""Files of a commit over REST; the hub shows no folders."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING

from stacker.hub.call import Answer, not_found
from stacker.hub.rest.access import git_side
from stacker.hub.urls import Urls

if TYPE_CHECKING:
    from stacker.hub.call import Call


def get(call: Call, path: str) -> Answer:
    """GET .../contents/{path}: a file, of the commit that the query's `ref` names."""
    bare, repository = git_side(call), call.repository
    ref = call.query.get("ref") or bare.default_branch()
    commit = bare.resolve(ref)
    oid = None if commit is None else bare.file(commit, path)
    if oid is None:
        raise not_found()
    content, urls = bare.raw("cat-file", "blob", oid), Urls(call.origin)
    url = urls.repository(repository, "contents", path) + f"?ref={ref}"
    blob = urls.repository(repository, "git", "blobs", oid)
    page = urls.page(repository.full_name, "blob", ref, path)
    return Answer(
        {
            "type": "file",
            "encoding": "base64",
            "size": len(content),
            "name": path.rpartition("/")[2],
            "path": path,
            "content": b64encode(content).decode("ascii"),
            "sha": oid,
            "url": url,
            "git_url": blob,
            "html_url": page,
            "download_url": urls.page(repository.full_name, "raw", ref, path),
            "_links": {"self": url, "git": blob, "html": page},
        }
    )
