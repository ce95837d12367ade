"""git's diffs as values: files, the functions in which they changed, and what went away."""

from __future__ import annotations

import pytest

from stacker.forecast.touched import by_patches, by_upstream, moves
from stacker.git.process import Git
from stacker.git.store import ObjectStore

CODE = "def one():\n    a\n\n\ndef two():\n    b\n    c\n"


@pytest.fixture
def drawn(tmp_path, history):
    return history.draw(tmp_path / "repository", {"master": [
        ("start", {"a b.py": CODE, "é.py": CODE, "gone.py": CODE, "x\ny": "1\n"}),
        ("edit", {"a b.py": CODE.replace("c", "C"), "é.py": "top\n" + CODE, "x\ny": "2\n",
                  "-- /dev/null": "commit 0\ndiff --git a/x b/x\n"}),
        ("move", {"gone.py": None, "come.py": CODE, "sub/Makefile": "x\n"}),
    ]})  # fmt: skip


def shown(files):
    return [(f.path.decode(), sorted(h.decode() for h in f.headings), f.gone) for f in files]


def test_what_a_patch_touches(drawn):
    with ObjectStore(Git(drawn.path)) as store:
        found = by_patches(store, [drawn["edit"], drawn["move"]])
    assert shown(found[drawn["edit"]]) == [
        ("-- /dev/null", [], False), ("a b.py", ["def two():"], False), ("é.py", [], False),
    ]  # fmt: skip
    assert shown(found[drawn["move"]]) == [
        ("come.py", [], False), ("gone.py", [], True), ("sub/Makefile", [], False),
    ]  # fmt: skip


def test_what_upstream_did_to_some_paths(drawn):
    with ObjectStore(Git(drawn.path)) as store:
        paths = [b"a b.py", b"gone.py", b"x\ny", b"*"]
        found = by_upstream(store, drawn["start"], drawn["move"], paths)
        assert by_upstream(store, drawn["start"], drawn["move"], [b"x\ny"]) == ()
    assert [(one.commit, shown(one.files)) for one in found] == [
        (drawn["edit"], [("a b.py", ["def two():"], False)]),
        (drawn["move"], [("gone.py", [], True)]),
    ]


def test_no_patches_touch_nothing(drawn):
    with ObjectStore(Git(drawn.path)) as store:
        assert by_patches(store, []) == {}


def test_where_a_file_went(drawn):
    with ObjectStore(Git(drawn.path)) as store:
        assert moves(store, drawn["move"]) == {b"gone.py": b"come.py"}
        assert moves(store, drawn["edit"]) == {}
