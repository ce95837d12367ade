"""A few paths of a tree changed, against git's own index doing the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stacker.git.objects import Entry, Oid
from stacker.git.process import Git
from stacker.git.store import ObjectStore
from stacker.git.trees import changed_paths, replace_paths


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    folder = tmp_path_factory.mktemp("trees")
    git = Git(folder)
    git.run("init", "-q", "--bare", ".")
    with ObjectStore(git) as made:
        yield made


def tree(store, files):
    entries = {p.encode(): entry(store, text) for p, text in files.items()}
    return store.write_tree(entries)


def entry(store, text):
    return None if text is None else Entry("100644", store.write("blob", text.encode()), b"")


def names(store, oid):
    return {e.name.decode(): store.blob(e.oid).decode() for e in store.files(oid)}


BASE = {"a": "a", "d/x": "x", "d/e/y": "y", "d.c": "c", "d-": "-", "z/z": "z"}


@pytest.mark.parametrize(("changes", "there"), [
    ({}, BASE),
    ({"a": "new"}, BASE | {"a": "new"}),
    ({"d/e/y": None}, {k: v for k, v in BASE.items() if k != "d/e/y"}),
    ({"z/z": None, "z/q/r": "r"}, {k: v for k, v in BASE.items() if k != "z/z"} | {"z/q/r": "r"}),
    ({"nothing": None, "a/below": None, "no/such": None}, BASE),
    ({"d": "file"}, {"a": "a", "d": "file", "d.c": "c", "d-": "-", "z/z": "z"}),
    ({"d": "file", "d/x": None}, {"a": "a", "d": "file", "d.c": "c", "d-": "-", "z/z": "z"}),
    ({"d": None}, {"a": "a", "d.c": "c", "d-": "-", "z/z": "z"}),
    ({"a/b": "b"}, {k: v for k, v in BASE.items() if k != "a"} | {"a/b": "b"}),
    ({"a": None, "a/b": "b"}, {k: v for k, v in BASE.items() if k != "a"} | {"a/b": "b"}),
    (dict.fromkeys(BASE), {}),
])  # fmt: skip
def test_only_these_paths_change(store, changes, there):
    old = tree(store, BASE)
    new = replace_paths(store, old, {p.encode(): entry(store, t) for p, t in changes.items()})
    assert names(store, new) == there
    assert new == tree(store, there)
    store.git.run("fsck", "--strict", new)


PATHS = st.sampled_from(["a", "b", "a.b", "d/a", "d/b", "d/e/f", "d-e/f", "x/y/z"])
FILES = st.dictionaries(PATHS, st.sampled_from("123"))


@given(FILES, FILES)
def test_what_differs_leads_from_one_tree_to_the_other(store, old, new):
    one, other = tree(store, old), tree(store, new)
    changes = changed_paths(store, one, other)
    assert set(changes) == {p.encode() for p in {*old, *new} if old.get(p) != new.get(p)}
    assert replace_paths(store, one, changes) == other


def test_other_folders_are_not_even_read(store):
    """Their trees need not be there."""
    missing = Entry("040000", Oid("1" * 40), b"far")
    root = store.write_tree({b"near/a": Entry("100644", store.write("blob", b"a"), b"")})
    raw = store.find(root)[2]
    raw = b"40000 far\0" + bytes.fromhex(missing.oid) + raw
    broken = store.write("tree", raw)
    new = replace_paths(store, broken, {b"near/b": entry(store, "b")})
    assert [e.name for e in store.tree(new)] == [b"far", b"near"]
