"""A diff is read on exactly what it was made from, or not at all."""

from __future__ import annotations

import contextlib
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st
from searching import examples

from stacker.errors import PatchError
from stacker.git.objects import Entry, Oid
from stacker.git.process import Git
from stacker.git.store import ObjectStore
from stacker.series.diffs import diffs_between
from stacker.series.preimage import Preimage

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
    "26 mode alone": ({b"a": LINES}, {b"a": ("100755", LINES)}),
    "26 mode and content": ({b"a": LINES}, {b"a": ("100755", EDITED)}),
    "31 a symlink is made": ({}, {b"l": ("120000", b"to/there")}),
    "31 a file becomes a symlink": ({b"a": LINES}, {b"a": ("120000", b"x")}),
    "32 a submodule moves": ({b"s": ("160000", "1" * 40)}, {b"s": ("160000", "2" * 40)}),
    "33 line ends follow no attribute": (
        {b".gitattributes": b"* text eol=crlf\n*.x filter=lfs\n", b"a.x": b"a\r\nb\n"},
        {b".gitattributes": b"* text eol=crlf\n*.x filter=lfs\n", b"a.x": b"a\r\nb\nc\r\n"},
    ),
    "34 an empty file is made": ({b"a": LINES}, {b"a": LINES, b"e": b""}),
    "34 an empty file goes": ({b"a": LINES, b"e": b""}, {b"a": LINES}),
    "34 nothing changes": ({b"a": LINES}, {b"a": LINES}),
    "35 from nothing": ({}, {b"a": LINES}),
    "35 to nothing": ({b"a": LINES}, {}),
    "49 a rename": ({b"a/x": LINES}, {b"b/y": LINES}),
    "49 a rename with a change": ({b"a/x": LINES}, {b"b/y": EDITED}),
    "49 a rename inside a folder named a": ({b"a/a/x": LINES}, {b"a/b/y": EDITED}),
    "51 a file becomes a folder": ({b"d": LINES}, {b"d/x": EDITED}),
    "23 binary": ({b"a": BINARY}, {b"a": BINARY[5:] + b"x"}),
    "23 binary is made": ({}, {b"a": BINARY}),
    "25 no line end": ({b"a": LINES}, {b"a": LINES + b"end"}),
    "01 CR LF": ({b"a": LINES.replace(b"\n", b"\r\n")}, {b"a": EDITED.replace(b"\n", b"\r\n")}),
    "two names swapped": ({b"x": LINES, b"y": BINARY}, {b"y": LINES, b"x": BINARY}),
} | {
    f"27 {what} {name!r}": case
    for name in ODD_NAMES
    for what, case in {
        "edit": ({name: LINES}, {name: EDITED}),
        "mode of": ({name: LINES}, {name: ("100755", LINES)}),
        "rename of": ({name: LINES}, {b"new" + name: EDITED}),
    }.items()
}


@pytest.mark.parametrize("name", ROUND_TRIPS)
def test_golden_cases_give_the_tree_they_came_from(store, name):
    old, new = (tree_of(store, files) for files in ROUND_TRIPS[name])
    diff = between(store, old, new)
    assert tree_after(store, old, diff, "p") == new
    assert between(store, old, new) == diff


def test_a_mode_that_is_there_already_is_no_trouble(store):
    """Golden case 26."""
    diff = diff_of(store, {b"a": LINES}, {b"a": ("100755", EDITED)})
    here = tree_of(store, {b"a": ("100755", LINES)})
    assert tree_after(store, here, diff, "p") == tree_of(store, {b"a": ("100755", EDITED)})


REFUSED = {
    "another base": ({b"a": LINES + b"x\n"}, "was made on another a: on .*, here it is"),
    "lines before it": ({b"a": b"new\n" + LINES}, "was made on another a"),
    "the file is not there": ({b"b": LINES}, "changes a, which is not there"),
    "the file is a folder": ({b"a/b": LINES}, "was made on another a"),
    "the file has CR LF": ({b"a": LINES.replace(b"\n", b"\r\n")}, "was made on another a"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_another_base_is_refused(store, name):
    files, said = REFUSED[name]
    diff = diff_of(store, {b"a": LINES}, {b"a": EDITED})
    with pytest.raises(PatchError, match=said) as caught:
        tree_after(store, tree_of(store, files), diff, "patches/s/0001.patch")
    assert caught.value.message.startswith("patches/s/0001.patch")
    assert caught.value.hint


DAMAGE = {
    "24 binary on another base": (BINARY, BINARY + b"x", lambda d: d, {b"a": BINARY + b"y"}),
    "02 CR LF in the whole patch": (LINES, EDITED, lambda d: d.replace(b"\n", b"\r\n"), None),
    "59 a stripped context line": (LINES, EDITED, lambda d: d.replace(b"\n line", b"\nline"), None),
    "59 a wrapped line": (LINES, EDITED, lambda d: d.replace(b"+line nine", b"+line\nnine"), None),
    "59 a truncated patch": (LINES, EDITED, lambda d: d[:-20], None),
    "59 wrong line counts": (LINES, EDITED, lambda d: d.replace(b",7 +", b",8 +"), None),
    "59 tabs for blanks": (LINES, EDITED, lambda d: d.replace(b" line", b"\tline"), None),
    "59 another context": (LINES, EDITED, lambda d: d.replace(b" line 8", b" line eight"), None),
    "it says another place": (LINES, EDITED, lambda d: d.replace(b"-7,7 +7,7", b"-9,7 +9,7"), None),
    "58 no index line": (
        LINES, EDITED,
        lambda d: b"\n".join(x for x in d.split(b"\n") if not x.startswith(b"index ")), None,
    ),
    "58 an index line of zeros": (LINES, EDITED, lambda d: d.replace(d[d.index(b"index ") + 6:
                                  d.index(b"..")], b"0" * 40), None),
    "58 an index line of one digit": (LINES, EDITED, lambda d: d.replace(d[d.index(b"index ") + 7:
                                      d.index(b"..")], b""), None),
    "23 binary without its content": (
        BINARY, BINARY + b"x", lambda d: d[: d.index(b"GIT binary")] + b"Binary files differ\n",
        None,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", DAMAGE)
def test_damage_is_refused(store, name):
    old, new, damage, files = DAMAGE[name]
    diff = damage(diff_of(store, {b"a": old}, {b"a": new}))
    with pytest.raises(PatchError) as caught:
        tree_after(store, tree_of(store, files or {b"a": old}), diff, "p")
    assert caught.value.hint


def test_a_deletion_without_content_is_refused(store):
    """Golden case 37: what `format-patch -D` writes."""
    git = store.git
    old, new = tree_of(store, {b"a": LINES}), tree_of(store, {})
    diff = git.run("diff-tree", "-p", "-D", "--full-index", old, new)
    with pytest.raises(PatchError):
        tree_after(store, old, diff, "p")


HOSTILE = [
    "../../.git/hooks/x", ".git/config", ".GIT/config", "sub/.git/config", "git~1/config",
    ".git ./config", ".git::$INDEX_ALLOCATION/x", "/etc/x", "a/../b", "./a", "a//b",
    ".g\u200cit/config", "..", ".git",
]  # fmt: skip


@pytest.mark.parametrize("path", HOSTILE)
def test_paths_of_case_28_are_refused_and_nothing_is_written_outside(store, tmp_path, path):
    made = f"diff --git a/{path} b/{path}\nnew file mode 100644\nindex {'0' * 40}..{'1' * 40}\n"
    diff = f"{made}--- /dev/null\n+++ b/{path}\n@@ -0,0 +1 @@\n+evil\n".encode()
    before = listing(store.git.directory)
    with pytest.raises(PatchError):
        tree_after(store, tree_of(store, {b"a": LINES}), diff, "p")
    assert listing(store.git.directory) - before == set()


@pytest.mark.parametrize("made", ["there", "in the same patch"])
def test_a_path_through_a_symlink_is_refused(store, made):
    """Golden case 30."""
    link = {b"ln": ("120000", b"/tmp")}
    whole = diff_of(store, {}, {b"f/evil": b"x\n"}).replace(b"f/evil", b"ln/evil")
    diff = whole if made == "there" else diff_of(store, {}, link) + whole
    with pytest.raises(PatchError):
        tree_after(store, tree_of(store, link if made == "there" else {}), diff, "p")


def listing(folder):
    return {p for p in folder.rglob("*") if p.is_file() and "objects" not in p.parts}


def test_the_diff_does_not_depend_on_settings(store, home):
    (home / ".gitconfig").write_text(
        "[diff]\n noprefix = true\n context = 9\n renames = false\n algorithm = patience\n"
        " ignoreSubmodules = all\n mnemonicPrefix = true\n"
        "[core]\n abbrev = 5\n quotePath = false\n",
        encoding="utf-8",
    )
    subprocess.run(["git", "config", "--get", "diff.context"], check=True, capture_output=True)
    old = {b"s": ("160000", "1" * 40), b"\xc3\xa9": LINES}
    diff = diff_of(store, old, {b"s": ("160000", "2" * 40), b"\xc3\xa8": EDITED})
    assert b"rename from" in diff
    assert b"Subproject commit " + b"2" * 40 in diff
    assert b"--- a/s\n" in diff
    assert b'"a/\\303\\251"' in diff


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


@given(st.binary(max_size=60), st.integers(0, 400), st.integers(0, 40))
@examples(40)
def test_a_garbled_diff_is_refused_with_words_or_changes_only_the_tree(store, junk, at, length):
    diff = diff_of(store, {b"a": LINES, b"b": b"x\n"}, {b"a": EDITED, b"c": b"x\n"})
    garbled = diff[:at] + junk + diff[at + length :]
    # anything else than this error, or none, fails
    with contextlib.suppress(PatchError):
        tree_after(store, tree_of(store, {b"a": LINES, b"b": b"x\n"}), garbled, "p")
