"""What a reviewer asks of a forge: unresolved threads, and two commits compared."""

from __future__ import annotations

import pytest
from forge_samples import HEAD, OTHER, absent, graph, page

from stacker.errors import ForgeError
from stacker.forge.comparing import Comparison, File


def thread(path="a.c", *, resolved=False, **changes):
    said = {"body": "Why?", "url": "https://forge.example/1", "author": None,
            "originalCommit": {"oid": HEAD}}  # fmt: skip
    return {
        "isResolved": resolved, "isOutdated": False, "path": path, "line": 3, "originalLine": 2,
        "diffSide": "RIGHT", "first": {"totalCount": 3, "nodes": [said]},
        "newest": {"nodes": [{"author": {"login": "ann"}}]},
    } | changes  # fmt: skip


def threads(*found, after=None):
    return graph(p={"reviewThreads": page(*found, after=after)})


def test_unresolved_threads_of_all_pages(scripted, github):
    gone = {"line": None, "originalLine": None, "diffSide": "LEFT", "isOutdated": True}
    scripted.on("POST", "/graphql", threads(thread(), thread(resolved=True), after="x"))
    scripted.on("POST", "/graphql", threads(thread("b.c", **gone)))
    one, two = github.open_threads("o/r", 7)
    assert (one.path, one.line, one.first_line, one.commit) == ("a.c", 3, 2, HEAD)
    assert (one.author, one.text, one.replies, one.last_author) == ("ghost", "Why?", 2, "ann")
    assert (two.line, two.first_line, two.removed, two.outdated) == (None, None, True, True)
    assert scripted.asked[1].body["variables"]["after"] == "x"


@pytest.mark.parametrize(
    "changes",
    [{"path": 7}, {"line": "3"}, {"first": {"totalCount": 0, "nodes": []}}, {"isResolved": None}],
)
def test_an_unreadable_thread_is_no_thread(scripted, github, changes):
    scripted.on("POST", "/graphql", threads(thread(**changes)))
    with pytest.raises(ForgeError, match="cannot be read"):
        github.open_threads("o/r", 7)


def test_a_pull_request_that_is_not_there(scripted, github):
    scripted.on("POST", "/graphql", graph([absent("p")], p=None))
    with pytest.raises(ForgeError, match="no pull request #7"):
        github.open_threads("o/r", 7)


def test_a_comparison(scripted, github):
    files = [
        {
            "filename": "b.c",
            "previous_filename": "a.c",
            "status": "renamed",
            "patch": "@@ -1 +1 @@",
        },
        {"filename": "gone.c", "status": "removed", "patch": "@@ -1 +0,0 @@"},
        {"filename": "big.bin", "status": "modified"},
    ]
    at = f"/repos/o/r/compare/{OTHER}...{HEAD}"
    scripted.on("GET", at, {"status": "ahead", "files": files})
    assert github.compared("o/r", OTHER, HEAD) == Comparison(
        straight=True, whole=True,
        files={"a.c": File("b.c", "@@ -1 +1 @@"), "gone.c": File(None, "@@ -1 +0,0 @@"),
               "big.bin": File("big.bin", None)},
    )  # fmt: skip
    scripted.answers.clear()
    scripted.on("GET", at, {"status": "diverged", "files": [files[2]] * 300})
    found = github.compared("o/r", OTHER, HEAD)
    assert (found.straight, found.whole) == (False, False)


def test_a_diff(scripted, github):
    at = f"/repos/o/r/compare/{OTHER}...{HEAD}"
    text = "diff --git a/a b/a\n+café\n"
    media = {"Content-Type": "application/vnd.github.diff; charset=utf-8"}
    scripted.on("GET", at, text.encode(), headers=media)
    assert github.diff_between("o/r", OTHER, HEAD) == text
    assert scripted.asked[0].headers["Accept"] == "application/vnd.github.diff"
    scripted.answers.clear()
    scripted.on("GET", at, b"", headers=media)
    assert github.diff_between("o/r", OTHER, HEAD) == ""
    scripted.answers.clear()
    scripted.on("GET", at, {"status": "ahead", "files": []})
    with pytest.raises(ForgeError, match="cannot be read"):
        github.diff_between("o/r", OTHER, HEAD)
