"""Threads follow their lines through git's own account of what became of a file."""

from __future__ import annotations

from stacker.forge.threads import Thread
from stacker.git.process import Git
from stacker.git.store import ObjectStore
from stacker.review.placing import places
from stacker.review.value import Published

LINES = [f"{n}\n" for n in range(1, 31)]
AWKWARD = "-u --x:\u00e9.c"


def thread(path, line, commit, **changes):
    values = {
        "path": path, "line": line, "first_line": line, "commit": commit, "outdated": False,
        "removed": False, "author": "zed", "text": "?", "url": "", "replies": 0, "last_author": "",
    }  # fmt: skip
    return Thread(**values | changes)


def test_lines_are_followed_through_renames_and_end_with_their_file(tmp_path, history):
    more = "".join(["new\n", *LINES])
    made = history.draw(tmp_path / "made.git", {"main": [
        ("old", {"a.c": "".join(LINES), "gone.c": "x\n", "same.c": "y\n", AWKWARD: "".join(LINES)}),
        ("new", {"a.c": None, "sub/b.c": more, "gone.c": None, AWKWARD: more}),
    ]})  # fmt: skip
    old = made["old"]
    asked = (
        thread("a.c", 7, old), thread("gone.c", 1, old), thread("same.c", 1, old),
        thread(AWKWARD, 30, old), thread("../etc\0passwd", 1, old),
        thread("same.c", 5, "1" * 40, first_line=3), thread("a.c", None, old, first_line=None),
        thread("same.c", 8, old, removed=True, first_line=2),
    )  # fmt: skip
    with ObjectStore(Git(made.path)) as store:
        found = places(store, made["new"], asked, (Published(2, old, ""),))
    assert {(place.path, place.line, place.was) for place in found} == {
        ("sub/b.c", 8, "a.c:7 of v2"),
        ("gone.c", None, "line 1 of v2"),
        ("same.c", 1, ""),
        (AWKWARD, 31, "line 30 of v2"),
        ("../etc\0passwd", 1, ""),  # no file of ours: where the forge says that it is
        ("same.c", 5, "line 3 of 1111111111"),
        ("a.c", None, ""),
        ("same.c", 8, "line 2 of v2"),
    }
    assert [place.path for place in found] == sorted(place.path for place in found)
