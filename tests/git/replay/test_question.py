"""One merge that asks about several files: which may come in, and what the answer says of each."""

from __future__ import annotations

import pytest

from stacker.git.changes import Leaf
from stacker.git.merge import Conflict, Conflicted, Merged
from stacker.git.objects import Oid
from stacker.git.pack import Pack
from stacker.git.replay.drift import Afloat, Drift
from stacker.git.replay.nested import nested
from stacker.git.replay.plan import Merge, Move
from stacker.git.replay.question import MergedFile, Question

PATCH, TREE = Oid("1" * 40), Oid("2" * 40)
OLD, HERE, MINE, DONE, OTHER = (Leaf("100644", Oid(f"{n}" * 40)) for n in range(3, 8))


def about(*paths, upstream=HERE):
    """A question about files that are where they were, and its merges."""
    question = Question()
    merges = [Merge(path, upstream, PATCH, (path, OLD, MINE)) for path in paths]
    for merge in merges:
        question.add(merge, HERE)
    return question, *merges


def about_moved():
    """A question about a file that upstream moved; beside it there is another one."""
    merge = Merge(b"new", HERE, PATCH, (b"old", OLD, MINE))
    merge.move = Move(Afloat(Drift({}, {}, {}, {})), {})
    question = Question()
    question.assumed[merge] = {}
    question.base, question.mine = {b"old": OLD}, {b"old": MINE}
    question.upstream = {b"new": HERE, b"beside": OTHER}
    return question, merge


def stopped(*paths):
    return Conflicted(TREE, tuple(Conflict(p, "content", None, None, None) for p in paths))


@pytest.mark.parametrize(
    ("path", "room"),
    [
        (b"d/a", False), (b"d", False), (b"d/a/c", False), (b"d/a/c/e", False), (b"top/x", False),
        (b"d/b", True), (b"d/aa", True), (b"a", True), (b"dd/a", True),
    ],
)  # fmt: skip
def test_no_path_is_anothers_or_in_it(path, room):
    question, *_ = about(b"d/a", b"top")
    assert question.has_room(path) == room


def test_its_trees_have_just_the_files(store_of):
    store, _ = store_of({})
    question, *_ = about(b"d/a", b"d.c", b"d/e/f")
    pack = Pack("sha1")
    for tree, leaf in zip(question.sides(pack), (OLD, HERE, MINE), strict=True):
        assert tree == nested(pack, dict.fromkeys((b"d.c", b"d/a", b"d/e/f"), leaf).items())
    pack.write(store.objects)
    assert [entry.name for entry in store.files(tree)] == [b"d.c", b"d/a", b"d/e/f"]


def test_it_says_what_each_merge_comes_to():
    question, one, two = about(b"d/a", b"b")
    assert question.read(Merged(TREE), {b"d/a": DONE, b"b": OTHER}) == {one: DONE, two: OTHER}


def test_a_conflict_in_one_of_several_files_is_its_own():
    question, one, two, three = about(b"a", b"b", b"c")
    answer = question.read(stopped(b"b"), {b"a": DONE, b"b": OTHER, b"c": DONE})
    assert answer == {one: DONE, two: None, three: DONE}


@pytest.mark.parametrize(
    ("what", "leaves"),
    [
        ("another was changed", {b"new": DONE, b"beside": DONE}),
        ("another is gone", {b"new": DONE}),
        ("there is one more", {b"new": DONE, b"beside": OTHER, b"old": MINE}),
        ("the foreseen one was not changed", {b"new": HERE, b"beside": OTHER}),
        ("the foreseen one is gone", {b"beside": OTHER}),
    ],
)
def test_an_answer_of_other_files_says_nothing(what, leaves):
    question, merge = about_moved()
    assert question.read(Merged(TREE), leaves) == {merge: None}, what


def test_an_answer_of_the_foreseen_file_counts():
    question, merge = about_moved()
    leaves = {b"new": DONE, b"beside": OTHER}
    assert question.read(Merged(TREE), leaves) == {merge: DONE}
    assert question.read(stopped(b"new"), leaves) == {merge: None}


def test_a_file_that_stays_as_upstream_has_it_is_an_answer():
    question, merge = about(b"a")
    assert question.read(Merged(TREE), {b"a": HERE}) == {merge: HERE}


def test_a_merge_on_another_assumes_its_outcome():
    question, first = about(b"a")
    second = Merge(b"a", first, PATCH, (b"a", MINE, OLD))
    later = Question()
    later.add(second, DONE)
    assert (question.assumed, later.assumed) == ({first: {}}, {second: {first: DONE}})
    assert (question.named, later.named) == ({first}, {first, second})
    assert later.upstream == {b"a": DONE}


def test_the_expected_tree_is_that_of_all_guesses():
    question, one, two = about(b"d/a", b"b")
    pack, guesses = Pack("sha1"), {one: MergedFile(DONE, b""), two: MergedFile(OTHER, b"")}
    wanted = nested(pack, [(b"d/a", DONE), (b"b", OTHER)])
    assert question.expected(pack, guesses) == wanted
    del guesses[two]
    assert question.expected(pack, guesses) is None


def test_of_a_moved_file_nothing_is_expected_but_a_change():
    question, merge = about_moved()
    pack = Pack("sha1")
    wanted = nested(pack, [(b"new", DONE), (b"beside", OTHER)])
    assert question.expected(pack, {merge: MergedFile(DONE, b"")}) == wanted
    assert question.expected(pack, {merge: MergedFile(HERE, b"")}) is None
