"""Ids that are known without writing are those that git gives."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stacker.git.objects import Entry
from stacker.git.process import Git
from stacker.git.store import ObjectStore
from stacker.series.versions.snapshot import Snapshot

# Names that git sorts differently as a file and as a folder, and one that is no UTF-8.
NAMES = st.sampled_from(["a", "a-b", "a.b", "a0", "ab", "z", "\udcff", "ü", "b c"])
CONTENTS = st.dictionaries(
    st.lists(NAMES, min_size=1, max_size=3).map("/".join), st.binary(max_size=4), max_size=12
)


def without_clashes(files):
    """No file where another one's folder is."""
    folders = {name[:at] for name in files for at, c in enumerate(name) if c == "/"}
    return {name: content for name, content in files.items() if name not in folders}


@pytest.fixture(scope="module", params=["sha1", "sha256"])
def store(tmp_path_factory, request):
    git = Git(tmp_path_factory.mktemp("store"))
    git.run("init", "-q", "--bare", f"--object-format={request.param}", ".")
    with ObjectStore(git) as opened:
        yield opened


@given(CONTENTS.map(without_clashes), CONTENTS.map(without_clashes))
def test_the_root_is_the_tree_that_git_makes(store, before, after):
    entries = {
        name.encode("utf-8", "surrogateescape"): Entry("100644", store.write("blob", raw), b"")
        for name, raw in after.items()
    }
    root = store.write_tree(entries)
    found = Snapshot.of(store.algorithm, after)
    assert found.root == root
    assert all(store.raw(oid, "tree") == raw for oid, raw in found.trees.items())
    assert all(store.blob(oid) == after[name] for name, oid in found.blobs.items())
    assert Snapshot.of(store.algorithm, after, like=Snapshot.of(store.algorithm, before)) == found


def test_git_finds_nothing_wrong_with_the_trees(store):
    files = {"a-b": b"1", "a/b": b"2", "a0": b"3", "patches/x/0001.patch": b"4"}
    found = Snapshot.of(store.algorithm, files)
    for content in files.values():
        store.write("blob", content)
    for raw in found.trees.values():
        store.write("tree", raw)
    listed = store.git.run("ls-tree", "-r", "--name-only", found.root).decode().split("\n")
    assert listed == [*sorted(files), ""]
    store.git.run("fsck", "--strict")
