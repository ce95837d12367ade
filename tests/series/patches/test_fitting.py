"""Hunks are read as they are written, and put where they say or not at all."""

from __future__ import annotations

import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st
from searching import examples

from stacker.series.patches.filediff import parts
from stacker.series.patches.fitting import damage, fitted, misfit

HEAD = b"diff --git a/x b/x\nindex 1111111..2222222 100644\n--- a/x\n+++ b/x\n"
lines = st.lists(st.sampled_from([b"a\n", b"b\n", b"\n", b"c\r\n", b"-- \n", b"@@ \n", b"+x\n"]))
contents = st.tuples(lines.map(b"".join), st.sampled_from([b"", b"end"])).map(b"".join)


def hunks(diff):
    [part] = parts(HEAD + diff)
    return part.hunks


@given(contents, contents, st.integers(0, 3))
@examples(40)
def test_what_git_diff_writes_is_put_back(tmp_path_factory, old, new, context):
    folder = tmp_path_factory.mktemp("diff")
    (folder / "old").write_bytes(old)
    (folder / "new").write_bytes(new)
    words = ["git", "diff", "--no-index", "--text", f"-U{context}", "old", "new"]
    diff = subprocess.run(words, cwd=folder, capture_output=True, check=False).stdout
    if not diff:
        assert old == new
        return
    [part] = parts(diff)
    assert fitted(part.hunks, old) == new
    assert misfit(part.hunks, old) is None
    assert not part.unread


SHAPES = {
    "a new file": (b"@@ -0,0 +1,2 @@\n+a\n+b\n", b"", b"a\nb\n"),
    "no line end before": (
        b"@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n", b"a", b"a\n"),
    "no line end after": (
        b"@@ -1 +1 @@\n-a\n+a\n\\ No newline at end of file\n", b"a\n", b"a"),
    "no line end on both sides": (
        b"@@ -1,2 +1,2 @@\n-a\n+b\n c\n\\ No newline at end of file\n", b"a\nc", b"b\nc"),
    "an emptied blank line": (b"@@ -1,2 +1,2 @@\n\n-a\n+b\n", b"\na\n", b"\nb\n"),
    "an addition in between": (b"@@ -1,0 +2 @@\n+b\n", b"a\nc\n", b"a\nb\nc\n"),
}  # fmt: skip


@pytest.mark.parametrize("name", SHAPES)
def test_shapes(name):
    diff, old, new = SHAPES[name]
    assert fitted(hunks(diff), old) == new


MISFITS = {
    "line ends of the patch": (b" a\r\n-b\r\n+c\r\n", "its lines end in CR LF, those of the file"),
    "a last line end": (b" a\n-b\n\\ No newline at end of file\n+c\n", "only line ends differ"),
    "long lines": (b" a\n-" + b"x" * 99 + b"\n+c\n", "line 2 should be 'xxx"),
    "invisible": (b" a\n-\x1b[31m\n+c\n", r"should be '\x1b[31m'"),
}  # fmt: skip


@pytest.mark.parametrize("name", MISFITS)
def test_misfits_have_words(name):
    body, said = MISFITS[name]
    found = misfit(hunks(b"@@ -1,2 +1,2 @@\n" + body), b"a\nb\n")
    assert found.said.startswith("hunk 1 (@@ -1,2 +1,2 @@): ")
    assert said in found.said
    assert "\x1b" not in found.said
    assert len(found.said) < 200
    assert found.hint


def test_the_first_hunk_that_does_not_fit_is_named():
    two = hunks(b"@@ -1 +1 @@\n-a\n+A\n@@ -3 +3 @@\n-c\n+C\n")
    assert fitted(two, b"a\nb\nc\n") == b"A\nb\nC\n"
    assert misfit(two, b"a\nb\nx\n").said == (
        "hunk 2 (@@ -3 +3 @@): line 3 should be 'c' and is 'x'"
    )
    assert misfit(two, b"a\n").said.endswith("line 3 should be 'c', and the file ends before")


@pytest.mark.parametrize(
    "tail", [b"", b"-- \n2.39.5\n", b"--\na list's footer\n", b"\nbase-commit: 1\n"]
)
def test_what_stands_below_a_diff_is_no_damage(tail):
    assert damage(hunks(b"@@ -1 +1 @@\n-a\n+b\n" + tail)) is None


@pytest.mark.parametrize("tail", [b"+c\n", b"-c\n", b" c\n", b"\\ c\n"])
def test_lines_that_nobody_counted_are_damage(tail):
    found = damage(hunks(b"@@ -1 +1 @@\n-a\n+b\n\\ No newline\n" + tail))
    assert "beyond the lines that it says it has" in found.said


def test_a_part_without_lines_has_its_path_from_git():
    [mode] = parts(b"diff --git a/x b/x b/x b/x\nold mode 100644\nnew mode 100755\n")
    assert (mode.old_path, mode.new_path) == (b"x b/x", b"x b/x")
    [new] = parts(b'diff --git "a/\\303\\251" "b/\\303\\251"\nnew file mode 100644\n')
    assert (new.old_path, new.new_path) == (None, "é".encode())
    [rename] = parts(b"diff --git a/x b/y\nrename from x\nrename to y\n")
    assert (rename.old_path, rename.unread) == (b"x", True)


def test_a_diff_that_begins_no_file_with_git_s_line_may_have_thousands():
    one = b"--- a/x\n+++ b/x\n@@ -0,0 +1 @@\n+a\n"
    found = parts(b"Index: x\n" + one * 5000)
    assert len(found) == 5000
    assert {(part.new_path, part.hunks[0].after) for part in found} == {(b"x", (b"a\n",))}
    assert not any(part.unread for part in found)
