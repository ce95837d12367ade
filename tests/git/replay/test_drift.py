"""What upstream moved, and how that is known behind each patch without another look."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stacker.git.changes import Change, Leaf
from stacker.git.objects import Entry, Oid
from stacker.git.paths import name_of
from stacker.git.quarantine import Quarantine
from stacker.git.replay.drift import Afloat, Drift, drift
from stacker.git.replay.likeness import best_mark

LINES = b"".join(b"line %d of a file that is long enough\n" % n for n in range(20))
OTHER = b"".join(b"%d: something else, and as long\n" % n for n in range(20))


@pytest.fixture
def between(store_of):
    """How one tree (path -> content) differs from another."""

    def make(before, after, wanted=()):
        store, base = store_of(before)
        entries = {p: Entry("100644", store.write("blob", c), b"") for p, c in after.items()}
        return drift(store.companion(Quarantine), base, store.write_tree(entries), wanted)

    return make


def test_paths_of_one_side_only(between):
    found = between({b"both": LINES, b"d/old": b"1\n"}, {b"both": OTHER, b"d/new": b"22\n"})
    assert (found.arrived.keys(), found.vanished.keys()) == ({b"d/new"}, {b"d/old"})
    assert found.by_size == [(3, b"d/new")]
    assert found.targets == {}


@pytest.mark.parametrize(
    ("after", "target"),
    [
        ({b"doc/a.adoc"}, b"doc/a.adoc"),
        ({b"new/a.txt"}, b"new/a.txt"),
        ({b"new/a"}, b"new/a"),
        ({b"doc/a.md", b"new/a.txt"}, b"doc/a.md"),  # its own folder comes first
    ],
)
def test_a_file_goes_where_its_name_is(between, after, target):
    found = between({b"doc/a.txt": LINES}, dict.fromkeys(after, OTHER), [b"doc/a.txt"])
    assert found.targets == {b"doc/a.txt": target}


def test_of_several_of_its_name_the_content_decides(between):
    after = {b"x/a.txt": OTHER, b"y/a.txt": LINES + b"more\n"}
    assert between({b"a.txt": LINES}, after, [b"a.txt"]).targets == {b"a.txt": b"y/a.txt"}


def test_a_file_of_another_name_goes_where_its_content_is(between):
    after = {b"x/one": OTHER, b"y/two": LINES[:-20]}
    found = between({b"a.txt": LINES, b"b.txt": OTHER, b"gone": b"!\n"}, after, [b"a.txt", b"gone"])
    assert found.targets == {b"a.txt": b"y/two"}


def test_only_what_vanished_and_is_wanted_is_looked_for(between):
    found = between({b"a.txt": LINES, b"b.txt": LINES}, {b"a.txt": LINES, b"c": LINES}, [b"a.txt"])
    assert found.targets == {}


# Two sides that change: paths of one, of the other, of both ---------------------------------

PATHS = [b"a", b"b", b"d/a", b"d/b", b"e/a", b"e/c"]
leaves = st.builds(
    Leaf,
    st.sampled_from(["100644", "100644", "100755", "120000"]),
    st.integers(0, 7).map(lambda n: Oid(f"{n:040x}")),
)
sides = st.dictionaries(st.sampled_from(PATHS), leaves)
steps = st.dictionaries(st.sampled_from(PATHS), st.none() | leaves, min_size=1, max_size=3)
SIZES = {Oid(f"{n:040x}"): n * 10 for n in range(8)}


def begun(own, upstream):
    """What is afloat between two sides."""
    arrived = {path: leaf for path, leaf in upstream.items() if path not in own}
    vanished = {path: leaf for path, leaf in own.items() if path not in upstream}
    targets = dict(zip(sorted(vanished), sorted(arrived), strict=False))
    return Afloat(Drift(arrived, vanished, SIZES, targets))


def patched(side, step):
    return {path: leaf for path, leaf in (side | step).items() if leaf is not None}


@settings(max_examples=300, deadline=None)
@given(data=st.data(), own=sides, upstream=sides)
def test_behind_each_patch_it_is_what_the_sides_have(data, own, upstream):
    afloat, touched = begun(own, upstream), set()
    first = dict(afloat.drift.targets)
    for mine, theirs in data.draw(st.lists(st.tuples(steps | st.just({}), steps), max_size=4)):
        new, moved = patched(own, mine), patched(upstream, theirs)
        changes = [
            Change(path, own.get(path), new.get(path))
            for path in mine
            if own.get(path) != new.get(path)
        ]
        came = {path: (path in upstream, path in moved) for path in theirs}
        behind = afloat.after(changes, came)
        unknown = {
            path
            for path in theirs
            if path in upstream and path not in moved and path in own and own[path] == new.get(path)
        }
        assert (behind is None) == bool(unknown)
        if behind is None:
            return
        afloat, own, upstream = behind, new, moved
        touched |= mine.keys() | theirs.keys()
        vanished = {path: leaf for path, leaf in own.items() if path not in upstream}
        assert {p for p in PATHS if afloat.has_arrived(p)} == upstream.keys() - own.keys()
        assert {p: afloat.vanished_at(p) for p in PATHS} == {p: vanished.get(p) for p in PATHS}
        assert {p: afloat.target(p) for p in PATHS} == {
            p: first.get(p) if p in vanished and first.get(p) in upstream.keys() - own.keys()
            else None
            for p in PATHS
        }  # fmt: skip
        some = {leaf.oid for leaf in data.draw(st.lists(leaves, max_size=3))}
        assert afloat.vanished_as(some) == {p: e for p, e in vanished.items() if e.oid in some}
        assert afloat.vanished_called(b"a") == {p for p in vanished if name_of(p) == b"a"}
        rivals = afloat.rivals(b"a", 40, 30000)
        untouched = {p: e for p, e in upstream.items() if p not in own and p not in touched}
        assert {p: e for p, e in rivals.items() if p not in touched} == {
            p: e for p, e in untouched.items() if is_rival(p, e, b"a", 40, 30000)
        }
        # What is left of the others is as it was at first.
        assert all(afloat.drift.arrived[p] == e == upstream[p] for p, e in rivals.items())


def is_rival(path, leaf, name, size, mark):
    return name_of(path) == name or (leaf.is_file and best_mark(size, SIZES[leaf.oid]) >= mark)


@settings(max_examples=200, deadline=None)
@given(
    upstream=sides, name=st.sampled_from([b"a", b"b", b"none"]), size=st.integers(1, 80),
    mark=st.integers(0, 60000),
)  # fmt: skip
def test_rivals_are_found_by_size_and_name(upstream, name, size, mark):
    wanted = {p: leaf for p, leaf in upstream.items() if is_rival(p, leaf, name, size, mark)}
    assert begun({}, upstream).rivals(name, size, mark) == wanted


def test_a_touched_rival_is_named_by_who_touched_it():
    leaf = Leaf("100644", Oid(f"{4:040x}"))
    before = begun({b"gone": leaf}, {b"x": leaf, b"y": leaf})
    behind = before.after([Change(b"gone", leaf, leaf)], {b"x": (True, True)})
    assert (before.rivals(b"-", 40, 1).keys(), behind.rivals(b"-", 40, 1).keys()) == (
        {b"x", b"y"}, {b"y"},
    )  # fmt: skip
    assert behind.has_arrived(b"x")
