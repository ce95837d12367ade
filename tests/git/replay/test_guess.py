"""A guess is right where context tells the place, and no guess where nothing does."""

from __future__ import annotations

import difflib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stacker.git.replay.guess import guess, hunks_of

LINES = [b"line %d\n" % n for n in range(20)]


def diff(old, new, path=b"a.c"):
    """As git writes it."""
    body = difflib.diff_bytes(difflib.unified_diff, old, new, b"a/" + path, b"b/" + path)
    lines = [line if line.endswith(b"\n") else line + b"\n\\ No newline at end of file\n"
             for line in body]  # fmt: skip
    return b"diff --git a/a.c b/a.c\nindex 1..2 100644\n" + b"".join(lines)


@pytest.mark.parametrize("above", [[], [b"new\n"] * 7])
def test_a_hunk_moves_with_its_lines(above):
    old = [*LINES[:10], b"port\n", *LINES[10:]]
    (hunks,) = hunks_of(diff(LINES, old)).values()
    assert guess(b"".join(above + LINES), hunks) == b"".join(above + old)


def test_of_several_places_the_nearest_is_taken():
    block = [b"{\n", b"  return 0;\n", b"}\n"]
    text = block + LINES[:4] + block + LINES[4:8] + block
    new = [*text[:8], b"  return 1;\n", *text[9:]]
    (hunks,) = hunks_of(diff(text, new)).values()
    assert guess(b"".join([b"above\n", *text]), hunks) == b"".join([b"above\n", *new])


def test_without_a_place_there_is_no_guess():
    (hunks,) = hunks_of(diff(LINES, [b"x\n", *LINES[1:]])).values()
    assert guess(b"nothing of it\n", hunks) is None
    assert guess(b"".join(LINES), ()) is None


def test_an_end_without_newline_is_an_end():
    old, new = [b"one\n", b"two"], [b"one\n", b"three"]
    (hunks,) = hunks_of(diff(old, new)).values()
    assert guess(b"zero\none\ntwo", hunks) == b"zero\none\nthree"
    assert guess(b"one\ntwo\nmore\n", hunks) is None


def test_each_path_has_its_hunks():
    text = diff(LINES, LINES[1:], b"a.c") + diff(LINES, LINES[2:], b"dir/b c.h")
    assert set(hunks_of(text)) == {b"a.c", b"dir/b c.h"}


lines = st.lists(st.sampled_from([b"a\n", b"b\n", b"}\n", b"\n", b"c d\n"]), max_size=12)


@given(old=lines, new=lines)
def test_on_its_own_preimage_a_guess_is_the_postimage(old, new):
    if old != new:
        for hunks in hunks_of(diff(old, new)).values():
            assert guess(b"".join(old), hunks) in (b"".join(new), None)


@given(st.binary())
def test_any_text_may_be_asked(text):
    for hunks in hunks_of(b"diff --git a/x b/x\n+++ b/x\n" + text).values():
        guess(text, hunks)
