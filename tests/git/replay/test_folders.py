"""A tree changed in memory is the tree that git would write."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from stacker.git.changes import Leaf
from stacker.git.objects import Entry, Oid
from stacker.git.pack import Pack
from stacker.git.replay.folders import Ground, Tree
from stacker.series.workspace import open_store

MODES = ("100644", "100755", "120000", "160000")
# Names that sort one way as a file and another way as a folder.
NAMES = (b"a", b"a-", b"a.b", b"a0", b"b", b"B")
leaves = st.builds(Leaf, st.sampled_from(MODES), st.integers(1, 5).map(lambda n: Oid(f"{n:040x}")))
paths = st.lists(st.sampled_from(NAMES), min_size=1, max_size=3).map(b"/".join)


def fitting(files):
    """Without what could not stand in one tree: a file that is also a folder."""
    return {
        path: leaf
        for path, leaf in files.items()
        if not any(other.startswith(path + b"/") for other in files)
    }


trees = st.dictionaries(paths, leaves, max_size=8).map(fitting)


@settings(max_examples=200, deadline=None)
@given(steps=st.lists(trees, min_size=2, max_size=5))
def test_any_way_from_tree_to_tree_is_exact(tmp_path_factory, steps):
    with open_store(tmp_path_factory.getbasetemp() / "trees.git") as store:
        written = [
            store.write_tree({p: Entry(leaf.mode, leaf.oid, b"") for p, leaf in files.items()})
            for files in steps
        ]
        tree = Tree(Ground(store, written[0]))
        pack = Pack("sha1")
        for before, after, wanted in zip(steps, steps[1:], written[1:], strict=False):
            gone = dict.fromkeys(before.keys() - after.keys())
            assert tree.change({**gone, **after}, pack) == wanted
            assert {p: tree.leaf(p) for p in after} == after
            assert all(tree.leaf(p) is None or tree.folder(p) for p in gone)


def test_a_fork_leaves_the_tree_alone(store_of):
    store, root = store_of({b"d/one": b"1\n", b"two": b"2\n"})
    tree = Tree(Ground(store, root))
    other = tree.fork()
    other.change({b"d/one": None}, Pack("sha1"))
    assert tree.leaf(b"d/one") is not None
    assert other.folder(b"d") is None
    assert tree.oid == root != other.oid
