"""A stage's change in pieces: each stands alone, and together they are the whole."""

from __future__ import annotations

import pytest
from landed_world import LINES, edited

from stacker.git.process import Git
from stacker.git.store import ObjectStore
from stacker.landed.changes import pieces_of, whole_of
from stacker.landed.presence import Probes
from stacker.series.compose import Composition, PatchCommit
from stacker.series.resolutions.remembered import Resolutions

BASE = {
    "text": LINES, "crlf": LINES.replace("\n", "\r\n"), "no end": LINES + "end",
    "gone": LINES, "old name": LINES, "run": LINES, "bin": b"\0\1\2" * 99,
    "link": ("120000", "text"), "becomes": "a file\n", "mod": ("160000", "1" * 40),
    b"\xff\n\"odd\"": LINES,
}  # fmt: skip
STEPS = [
    ("First", {"text": edited(n2="two", n15="fifteen"), "new": "new\n",
               "crlf": edited(n4="four").replace("\n", "\r\n"), "no end": LINES + "END\n"}),
    ("Second", {"text": edited(n2="two", n15="FIFTEEN"), "gone": None,
                "old name": None, "new name": LINES, "run": ("100755", edited(n3="three")),
                "bin": b"\0\1\3" * 99, "link": ("120000", "run"),
                "becomes": ("120000", "text"), "mod": ("160000", "2" * 40),
                b"\xff\n\"odd\"": edited(n1="odd")}),
]  # fmt: skip
PIECES = [
    ("becomes", "type", "0002"), ("bin", "content", "0002"), ("crlf", "@@ -2,7 +2,7 @@", "0001"),
    ("gone", "deleted file", "0002"), ("link", "type", "0002"), ("mod", "type", "0002"),
    ("new", "new file", "0001"), ("new name", "new file", "0002"),
    ("no end", "@@ -18,4 +18,4 @@", "0001"), ("old name", "deleted file", "0002"),
    ("run", "@@ -1,7 +1,7 @@", "0002"), ("run", "mode 100644 to 100755", "0002"),
    ("text", "@@ -1,6 +1,6 @@", "0001"), ("text", "@@ -13,7 +13,7 @@", "0001 0002"),
    ("\udcff\n\"odd\"", "@@ -1,5 +1,5 @@", "0002"),
]  # fmt: skip


@pytest.fixture
def made(tmp_path, history):
    repository = history.draw(tmp_path / "up", {
        "master": [("start", BASE)], "port": ["start", *STEPS],
    })  # fmt: skip
    patches = [PatchCommit("0001", repository["First"]), PatchCommit("0002", repository["Second"])]
    with ObjectStore(Git(repository.path)) as store:
        whole = whole_of(store, "s", patches)
        yield repository, store, whole, pieces_of(store, whole, patches)


def test_every_kind_of_change(made):
    *_, pieces = made
    found = [
        (p.path.decode("utf-8", "surrogateescape"), p.what, " ".join(p.patches)) for p in pieces
    ]
    assert found == PIECES


def test_together_they_are_the_whole(made):
    repository, store, whole, pieces = made
    what = Composition(
        store=store, bases={}, chains={}, repositories={}, patches={},
        resolutions=Resolutions.read({}), picks={},
    )  # fmt: skip
    every = [piece.change.commit for piece in pieces]
    for order in (every, every[::-1]):
        assert Probes(what).tree(order, repository["start"]) == store.commit(whole.commit).tree


def test_each_changes_one_path(made):
    repository, _, _, pieces = made
    for piece in pieces:
        said = repository.git(
            "diff", "--name-only", "-z", "--no-renames", repository["start"], piece.change.commit
        )
        assert said.rstrip("\0").encode("utf-8", "surrogateescape") == piece.path
