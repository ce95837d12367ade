"""What is decided without git's look at the whole tree, and what is not, rule by rule."""

from __future__ import annotations

import pytest

from stacker.git.changes import Change, Leaf
from stacker.git.objects import Oid
from stacker.git.replay.drift import Afloat, Drift
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


def decided(outlook, *changes, has=(), afloat=None):
    """The ends of a patch whose own trees have the folders `has`; `None`: git decides."""
    return ends_of(outlook, PATCH, PARENT, changes, lambda asked: asked in has, afloat=afloat)


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


# Files that upstream moved -------------------------------------------------------------------


def moved(outlook, targets, **known):
    """Upstream moved these files; all that it has came with that."""
    came = {path: here(outlook, path) for path in FILES}
    sizes = {leaf.oid: 2 for leaf in came.values()}
    return Afloat(Drift(came, dict.fromkeys(targets, OLDER), sizes, targets), **known)


def test_a_patch_to_a_file_that_upstream_moved_is_merged_where_it_went(outlook):
    ends = decided(
        outlook,
        Change(b"a.c", OLDER, NEW),
        Change(b"top", here(outlook, b"top"), NEW),
        afloat=moved(outlook, {b"a.c": b"src/a.c"}),
    )
    merge = ends[b"src/a.c"]
    assert ends == {b"src/a.c": merge, b"top": NEW}
    assert (merge.source, merge.base, merge.mine) == (b"a.c", OLDER, NEW)
    assert merge.upstream == here(outlook, b"src/a.c")
    assert list(merge.needs) == []


def test_the_next_patch_to_it_is_merged_on_the_outcome_before(outlook):
    afloat = moved(outlook, {b"a.c": b"src/a.c", b"b.c": b"src/b.c"})
    change = Change(b"a.c", OLDER, NEW)
    first = decided(outlook, change, afloat=afloat)
    outlook.take(first)
    afloat = afloat.after([change], {b"src/a.c": (True, True)})
    back = Change(b"a.c", NEW, OLDER)
    ends = decided(outlook, back, Change(b"b.c", OLDER, NEW), afloat=afloat)
    assert ends[b"src/a.c"].upstream is first[b"src/a.c"]
    # What it came to may be what git takes for the other file too.
    assert all(set(end.needs) == {first[b"src/a.c"]} for end in ends.values())


def test_what_both_sides_have_by_now_is_nothing_that_came(outlook):
    known = {b"src/b.c": True, b"top": False, b"gone": True}
    afloat = moved(outlook, {b"a.c": b"src/a.c"}, arrived=known)
    merge = decided(outlook, Change(b"a.c", OLDER, NEW), afloat=afloat)[b"src/a.c"]
    assert merge.move.touched == {b"src/b.c": here(outlook, b"src/b.c")}


@pytest.mark.parametrize(
    ("what", "changes", "targets"),
    [
        ("nobody knows where it went", {b"gone": NEW}, {}),
        ("two went to one place", {b"a": NEW, b"b": NEW}, dict.fromkeys((b"a", b"b"), b"top")),
        ("two have one name", {b"x/a": NEW, b"y/a": NEW}, {b"x/a": b"src/a.c", b"y/a": b"top"}),
        ("it also removes a file", {b"a.c": NEW, b"src/b.c": None}, {b"a.c": b"src/a.c"}),
        ("it makes it a link", {b"a.c": Leaf("120000", NEW.oid)}, {b"a.c": b"src/a.c"}),
        ("one of two has no place", {b"a.c": NEW, b"b.c": NEW}, {b"a.c": b"src/a.c"}),
        ("upstream removed that one too", {b"a.c": NEW}, {b"a.c": b"src/gone.c"}),
    ],
)  # fmt: skip
def test_git_decides_where_files_went(outlook, what, changes, targets):
    every = [Change(path, here(outlook, path) or OLDER, new) for path, new in changes.items()]
    assert decided(outlook, *every, afloat=moved(outlook, targets)) is None, what


def test_git_decides_where_files_went_beside_one_that_is_new(outlook):
    afloat = moved(outlook, {b"a.c": b"src/a.c"})
    changes = Change(b"a.c", OLDER, NEW), Change(b"src/new.c", None, NEW)
    assert decided(outlook, *changes, afloat=afloat) is None


def test_git_weighs_no_more_than_four_against_one_another(outlook):
    targets = dict(zip((b"1", b"2", b"3", b"4"), sorted(FILES), strict=True))
    changes = [Change(path, OLDER, NEW) for path in targets]
    ends = decided(outlook, *changes, afloat=moved(outlook, targets))
    assert ends.keys() == FILES.keys()
    outlook.take({b"five": OLDER})
    targets[b"5"] = b"five"
    afloat = moved(outlook, targets, arrived={b"five": True})
    assert decided(outlook, Change(b"5", OLDER, NEW), afloat=afloat) is not None
    assert decided(outlook, *changes, Change(b"5", OLDER, NEW), afloat=afloat) is None


def test_after_new_rules_git_decides_where_files_went(outlook):
    outlook.take({b"src/.gitattributes": NEW})
    afloat = moved(outlook, {b"a.c": b"src/a.c"})
    assert decided(outlook, Change(b"a.c", OLDER, NEW), afloat=afloat) is None
