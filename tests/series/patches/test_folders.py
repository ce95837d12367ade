"""Trees edited in memory are the trees that git would write."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from searching import examples

from stacker.git.changes import Leaf
from stacker.git.objects import Entry
from stacker.git.process import Git
from stacker.git.store import ObjectStore
from stacker.series.patches.folders import Folders

PATHS = [b"a", b"a.c", b"a/b", b"a/b/c", b"d/e", b"d/f/g", b"d.x"]


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    git = Git(tmp_path_factory.mktemp("store"))
    git.run("init", "-q", "--bare", ".")
    with ObjectStore(git) as opened:
        yield opened


def without_clashes(files):
    return {p: c for p, c in files.items() if not any(q.startswith(p + b"/") for q in files)}


trees = st.dictionaries(st.sampled_from(PATHS), st.sampled_from([b"1", b"2"])).map(without_clashes)


def tree_of(store, files):
    return store.write_tree(
        {p: Entry("100644", store.write("blob", c), b"") for p, c in files.items()}
    )


@given(trees, trees)
@examples(60)
def test_edits_give_the_tree_or_say_that_they_cannot(store, old, new):
    folders, before = Folders(store), tree_of(store, old)
    changes = {path: None for path in old if path not in new}
    for path, content in new.items():
        if old.get(path) != content:
            changes[path] = Leaf("100644", store.write("blob", content))
    after = folders.edited(before, changes)
    wanted = tree_of(store, new)
    # A file in a folder's place, or the other way round, is git's to judge.
    if all(p not in new or q not in old for p in PATHS for q in PATHS if q.startswith(p + b"/")):
        assert after == wanted
    else:
        assert after in (None, wanted)
    assert sorted(folders.added(before, wanted)) == sorted(new.keys() - old.keys())
    assert sorted(folders.files(wanted)) == sorted(new)
    for path in PATHS:
        leaf = folders.leaf(wanted, path)
        assert (leaf is not None and leaf.mode == "100644") == (path in new)


def test_a_path_through_a_file_is_none(store):
    folders, tree = Folders(store), tree_of(store, {b"a": b"1", b"d/e": b"1"})
    blob = Leaf("100644", store.write("blob", b"2"))
    assert folders.leaf(tree, b"a/b") is None
    assert folders.leaf(tree, b"d").mode == "40000"
    assert folders.edited(tree, {b"a/b": blob}) is None
    assert folders.edited(tree, {b"d": blob}) is None
    assert folders.edited(tree, {b"a": None, b"d/e": None}) == store.write("tree", b"")
