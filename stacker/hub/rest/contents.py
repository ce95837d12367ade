"""Files of a repository over REST."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from stacker.hub.call import Answer, not_found
from stacker.hub.rest.access import git_side
from stacker.hub.urls import Urls

if TYPE_CHECKING:
    from stacker.hub.call import Call


def get(call: Call, path: str) -> Answer:
    """GET .../contents/{path}: one file at `ref`, else on the default branch; no folders."""
    bare = git_side(call)
    oid = bare.resolve(call.query.get("ref") or bare.default_branch())
    entry = bare.raw("ls-tree", "-z", oid, "--", f":(literal){path}") if oid is not None else b""
    mode, kind, blob = [*entry.partition(b"\t")[0].split(), b"", b"", b""][:3]
    if oid is None or kind != b"blob" or mode == b"120000":
        raise not_found()
    name, urls, here = blob.decode("ascii"), Urls(call.origin), call.repository
    url = f"{urls.repository(here, 'contents', path)}?ref={oid}"
    git = urls.repository(here, "git", "blobs", name)
    html = urls.page(here.full_name, "blob", oid, path)
    content = bare.raw("cat-file", "blob", name)
    return Answer(
        {
            "type": "file", "encoding": "base64", "size": len(content),
            "name": path.rpartition("/")[2], "path": path, "sha": name,
            "content": base64.encodebytes(content).decode("ascii"),
            "url": url, "git_url": git, "html_url": html,
            "download_url": urls.page(here.full_name, "raw", oid, path),
            "_links": {"self": url, "git": git, "html": html},
        }
    )  # fmt: skip
