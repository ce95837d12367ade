"""A diff is read on exactly what it was made from, or not at all."""

from __future__ import annotations

import itertools
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from searching import examples

from stacker.errors import PatchError
from stacker.git.objects import Entry, Oid
from stacker.git.process import Git
from stacker.git.store import ObjectStore
from stacker.series.patches.diffs import diffs_between
from stacker.series.patches.preimage import Preimage

LINES = b"".join(b"line %d\n" % n for n in range(20))
EDITED = LINES.replace(b"line 9\n", b"line nine\n")
BINARY = bytes(range(256)) * 4


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    git = Git(tmp_path_factory.mktemp("store"))
    git.run("init", "-q", "--bare", ".")
    with ObjectStore(git) as opened:
        yield opened


def tree_of(store, files):
    entries = {}
    for name, value in files.items():
        mode, content = value if isinstance(value, tuple) else ("100644", value)
        oid = Oid(content) if mode == "160000" else store.write("blob", content)
        entries[name] = Entry(mode, oid, b"")
    return store.write_tree(entries)


def tree_after(store, tree, diff, name):
    with Preimage(store, tree) as preimage:
        return preimage.apply(diff, name)


def diff_of(store, old, new):
    return between(store, tree_of(store, old), tree_of(store, new))


def between(store, old, new):
    return diffs_between(store, [(old, new)])[0]


ODD_NAMES = [b"with space", b"tab\there", b"new\nline", b'quo"te', "ünïcode".encode(), b"\xff\xfe",
             b"-lead", b"x b/x", b"*", b"@{x}", b"a/in a", b"b/in b", b"back\\slash"]  # fmt: skip
ROUND_TRIPS = {
    "mode alone": ({b"a": LINES}, {b"a": ("100755", LINES)}),
    "mode and content": ({b"a": LINES}, {b"a": ("100755", EDITED)}),
    "a symlink is made": ({}, {b"l": ("120000", b"to/there")}),
    "a file becomes a symlink": ({b"a": LINES}, {b"a": ("120000", b"x")}),
    "a submodule moves": ({b"s": ("160000", "1" * 40)}, {b"s": ("160000", "2" * 40)}),
    "line ends follow no attribute": (
        {b".gitattributes": b"* text eol=crlf\n*.x filter=lfs\n", b"a.x": b"a\r\nb\n"},
        {b".gitattributes": b"* text eol=crlf\n*.x filter=lfs\n", b"a.x": b"a\r\nb\nc\r\n"},
    ),
    "an empty file is made": ({b"a": LINES}, {b"a": LINES, b"e": b""}),
    "an empty file goes": ({b"a": LINES, b"e": b""}, {b"a": LINES}),
    "nothing changes": ({b"a": LINES}, {b"a": LINES}),
    "from nothing": ({}, {b"a": LINES}),
    "to nothing": ({b"a": LINES}, {}),
    "a rename": ({b"a/x": LINES}, {b"b/y": LINES}),
    "a rename with a change": ({b"a/x": LINES}, {b"b/y": EDITED}),
    "a rename inside a folder named a": ({b"a/a/x": LINES}, {b"a/b/y": EDITED}),
    "a file becomes a folder": ({b"d": LINES}, {b"d/x": EDITED}),
    "binary": ({b"a": BINARY}, {b"a": BINARY[5:] + b"x"}),
    "binary is made": ({}, {b"a": BINARY}),
    "no line end": ({b"a": LINES}, {b"a": LINES + b"end"}),
    "CR LF": ({b"a": LINES.replace(b"\n", b"\r\n")}, {b"a": EDITED.replace(b"\n", b"\r\n")}),
    "two names swapped": ({b"x": LINES, b"y": BINARY}, {b"y": LINES, b"x": BINARY}),
} | {
    f"{what} {name!r}": case
    for name in ODD_NAMES
    for what, case in {
        "edit": ({name: LINES}, {name: EDITED}),
        "mode of": ({name: LINES}, {name: ("100755", LINES)}),
        "rename of": ({name: LINES}, {b"new" + name: EDITED}),
    }.items()
}


@pytest.mark.parametrize("name", ROUND_TRIPS)
def test_a_diff_gives_the_tree_it_came_from(store, name):
    old, new = (tree_of(store, files) for files in ROUND_TRIPS[name])
    diff = between(store, old, new)
    assert tree_after(store, old, diff, "p") == new
    assert between(store, old, new) == diff


REFUSED = {
    "another base": (
        {b"a": LINES + b"x\n"},
        "was made on another a: on .*, here it is .*; its hunks fit, but the file differs",
    ),
    "lines before it": (
        {b"a": b"new\n" + LINES},
        r"hunk 1 \(@@ .* @@\): its lines are there from line 8, not 7",
    ),
    "another line": (
        {b"a": LINES.replace(b"8", b"eight")},
        "line 9 should be 'line 8' and is 'line eight'",
    ),
    "the file is not there": ({b"b": LINES}, "changes a, which is not there"),
    "the file is a folder": ({b"a/b": LINES}, "line 7 should be 'line 6', and the file ends"),
    "the file has CR LF": (
        {b"a": LINES.replace(b"\n", b"\r\n")},
        "the lines of the file end in CR LF",
    ),
    "the file has other blanks": (
        {b"a": LINES.replace(b" ", b"\t")},
        "only blanks differ; line 7 should be 'line 6' and is",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_another_base_is_refused(store, name):
    files, said = REFUSED[name]
    diff = diff_of(store, {b"a": LINES}, {b"a": EDITED})
    with pytest.raises(PatchError, match=said) as caught:
        tree_after(store, tree_of(store, files), diff, "patches/s/0001.patch")
    assert caught.value.message.startswith("patches/s/0001.patch ")
    assert caught.value.hint


DAMAGE = {
    "CR LF in the whole patch": (lambda d: d.replace(b"\n", b"\r\n"), "p: its lines end in CR LF"),
    "an index line of zeros": (
        lambda d: re.sub(rb"index \w+", b"index " + b"0" * 40, d), "made on another a: on 000"),
    "an index line of one digit": (
        lambda d: re.sub(rb"index (.)\w+", rb"index \1", d), "does not tell which a"),
    "another file's lines, not named": (
        lambda d: d + b"--- a/b\n+++ b/b\n@@ -1 +1 @@\n-x\n+y\n", "does not tell which b"),
    "hunks in another order": (
        lambda d: d + d[d.index(b"@@") :].replace(b"-7,7 +7,7", b"-2,7 +2,7"),
        "hunk 2 .*: it begins before the one above it ends"),
    "a number beyond all": (lambda d: d.replace(b"+7,7", b"+" + b"7" * 5000 + b",7"), "Hunk #1"),
}  # fmt: skip


@pytest.mark.parametrize("name", DAMAGE)
def test_damage_is_refused(store, name):
    damage, said = DAMAGE[name]
    files = {b"a": LINES, b"b": b"x\n"}
    diff = damage(diff_of(store, files, files | {b"a": EDITED}))
    with pytest.raises(PatchError, match=said) as caught:
        tree_after(store, tree_of(store, files), diff, "p")
    assert caught.value.hint


class Counted(Git):
    """A git that counts the processes it was."""

    started = 0

    def attempt(self, *args, **more):
        self.started += 1
        return super().attempt(*args, **more)


@pytest.fixture(params=["sha1", "sha256"])
def counted(tmp_path, request):
    Git(tmp_path).run("init", "-q", "--bare", f"--object-format={request.param}", ".")
    with ObjectStore(Counted(tmp_path)) as opened:
        yield opened


STEPS = [
    {b"a": LINES, b"d/b": BINARY, b"d/c": b"c\n"},
    {b"a": EDITED, b"d/b": BINARY, b"d/c": b"c\n"},
    {b"a": EDITED, b"d/b": BINARY, b"d/c": b"c", b"n/ew/f.c": b"new\r\n\r\n"},
    {b"a": ("100755", LINES), b"d/b": BINARY, b"n/ew/f.c": ("100755", b"newer\n")},
    {b"d/b": BINARY, b"n/ew/f.c": b"newer\n"},
]
BY_GIT = [
    STEPS[-1] | {b"d/b": BINARY[1:]},
    {b"d/moved": BINARY[1:], b"n/ew/f.c": b"newer\n", b"ln": ("120000", b"d")},
]


def test_plain_changes_need_no_process_and_others_share_an_index(counted):
    trees = [tree_of(counted, files) for files in STEPS + BY_GIT]
    diffs = [between(counted, *pair) for pair in itertools.pairwise(trees)]
    counted.git.started = 0
    with Preimage(counted, trees[0]) as preimage:
        found = [preimage.apply(diff, "p") for diff in diffs[:4]]
        assert counted.git.started == 0
        found += [preimage.apply(diff, "p") for diff in diffs[4:]]
    assert found == trees[1:]
    assert counted.git.started == 5  # read-tree, and twice apply and write-tree


def test_an_edited_patch_is_put_where_it_says(store):
    """Its second id is that of another file now; the first one and its lines still fit."""
    diff = diff_of(store, {b"a": LINES}, {b"a": EDITED}).replace(b"+line nine", b"+line 9 again")
    wanted = tree_of(store, {b"a": LINES.replace(b"line 9\n", b"line 9 again\n")})
    assert tree_after(store, tree_of(store, {b"a": LINES}), diff, "p") == wanted


def test_ten_thousand_files_that_come_at_once(store):
    files = {b"d/%d" % n: b"x\n" for n in range(10_000)}
    old, diff = tree_of(store, {}), diff_of(store, {}, files)
    started = time.monotonic()
    assert tree_after(store, old, diff, "p") == tree_of(store, files)
    assert time.monotonic() - started < 15  # each was compared with each: that took minutes
    with pytest.raises(PatchError, match="adds d/X beside d/x"):
        tree_after(store, old, diff_of(store, {}, {b"d/x": b"", b"d/X": b"x\n"}), "p")


def test_a_refused_patch_leaves_everything_as_it_was(store):
    old, good = tree_of(store, {b"a": LINES}), diff_of(store, {b"a": LINES}, {b"a": EDITED})
    with Preimage(store, old) as preimage:
        for bad in (good.replace(b"line 8", b"other"), good.replace(b"-7,7 +7,7", b"-8,7 +8,7")):
            with pytest.raises(PatchError):
                preimage.apply(bad, "p")
            assert preimage.tree == old
        assert preimage.apply(good, "p") == tree_of(store, {b"a": EDITED})


files = st.dictionaries(
    st.sampled_from([b"a", b"d/x", b"a b", b"\xff", b"d/y/z", b"a/x".replace(b"/", b"-")]),
    st.one_of(
        st.lists(st.sampled_from([b"x\n", b"y\n", b"\r\n", b"-- \n", b"@@ \n", b"\n", b"z"]),
                 max_size=12).map(b"".join),
        st.binary(max_size=40),
        st.tuples(st.just("100755"), st.just(b"x\n" * 9)),
        st.tuples(st.just("120000"), st.just(b"a")),
    ),
    max_size=4,
)  # fmt: skip


@given(files, files)
@examples(40)
def test_every_change_is_read_back(store, old, new):
    before, after = tree_of(store, old), tree_of(store, new)
    assert tree_after(store, before, between(store, before, after), "p") == after
