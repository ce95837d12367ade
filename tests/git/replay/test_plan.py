"""What is decided without git's look at the whole tree, and what is not, rule by rule."""

from __future__ import annotations

import pytest

from stacker.git.objects import Oid
from stacker.git.replay.changes import Change, Leaf
from stacker.git.replay.folders import Ground, Tree
from stacker.git.replay.plan import Merge, Outlook, ends_of, questions

PATCH, PARENT = Oid("1" * 40), Oid("2" * 40)
FILES = {b"src/a.c": b"a\n", b"src/b.c": b"b\n", b"doc/a.txt": b"d\n", b"top": b"t\n"}
NEW = Leaf("100644", Oid("3" * 40))
OLDER = Leaf("100644", Oid("4" * 40))


@pytest.fixture
def outlook(store_of):
    return Outlook(Tree(Ground(*store_of(FILES))))


def here(outlook, path):
    return outlook.tree.leaf(path)


def decided(outlook, *changes, has=()):
    """The ends of a patch whose own trees have the folders `has`; `None`: git decides."""
    return ends_of(outlook, PATCH, PARENT, changes, lambda asked: asked in has)


def test_a_file_that_upstream_left_alone_is_taken(outlook):
    change = Change(b"src/a.c", here(outlook, b"src/a.c"), NEW)
    assert decided(outlook, change) == {b"src/a.c": NEW}


def test_a_file_that_both_changed_is_merged_on_the_outcome_before(outlook):
    first = decided(outlook, Change(b"src/a.c", OLDER, NEW))[b"src/a.c"]
    assert isinstance(first, Merge)
    assert (first.base, first.upstream, first.mine) == (OLDER, here(outlook, b"src/a.c"), NEW)
    outlook.take({b"src/a.c": first})
    second = decided(outlook, Change(b"src/a.c", NEW, OLDER))[b"src/a.c"]
    assert second.upstream is first


def test_what_upstream_did_too_is_no_merge(outlook):
    there = here(outlook, b"src/a.c")
    assert decided(outlook, Change(b"src/a.c", OLDER, there)) == {b"src/a.c": there}


@pytest.mark.parametrize(
    ("what", "change"),
    [
        ("upstream may have renamed it", Change(b"src/gone.c", OLDER, NEW)),
        ("upstream may have renamed it", Change(b"src/gone.c", OLDER, None)),
        ("upstream changed it", Change(b"src/a.c", OLDER, None)),
        ("upstream has one too", Change(b"src/a.c", None, NEW)),
        ("a folder is there", Change(b"src", None, NEW)),
        ("a file is where its folder should be", Change(b"top/new.c", None, NEW)),
        ("it became a link", Change(b"src/a.c", OLDER, Leaf("120000", NEW.oid))),
    ],
)
def test_git_decides(outlook, what, change):
    assert decided(outlook, change) is None, what


def test_a_new_file_needs_a_folder_that_upstream_did_not_move(outlook):
    change = Change(b"lib/new.c", None, NEW)
    assert list(questions(outlook, PATCH, PARENT, [change])) == [(PARENT, b"lib")]
    assert decided(outlook, change) == {b"lib/new.c": NEW}
    assert decided(outlook, change, has=[(PARENT, b"lib")]) is None
    assert decided(outlook, Change(b"src/new.c", None, NEW)) == {b"src/new.c": NEW}


def test_an_addition_beside_a_removal_is_taken_if_the_folder_stays(outlook):
    gone = Change(b"src/a.c", here(outlook, b"src/a.c"), None)
    new = Change(b"doc/new.txt", None, NEW)
    assert decided(outlook, gone, new) is None
    stays = [(PATCH, b"src")]
    assert decided(outlook, gone, new, has=stays) == {b"src/a.c": None, b"doc/new.txt": NEW}


def test_a_folder_that_lost_a_file_is_not_sure_to_be_there(outlook):
    outlook.take({b"src/a.c": None})
    assert decided(outlook, Change(b"src/new.c", None, NEW)) is None


def test_a_folder_that_a_patch_made_is_there(outlook):
    outlook.take({b"lib/one.c": NEW})
    assert decided(outlook, Change(b"lib/two.c", None, NEW), has=[(PARENT, b"lib")]) is not None


def test_after_new_rules_for_merges_git_decides(outlook):
    outlook.take({b"src/.gitattributes": NEW})
    assert decided(outlook, Change(b"src/a.c", OLDER, NEW)) is None


def test_a_fork_has_an_outlook_of_its_own(outlook):
    outlook.fork().take({b"src/a.c": None})
    assert outlook.at(b"src/a.c") is not None
