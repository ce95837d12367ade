"""Which line is where after a change."""

from __future__ import annotations

from difflib import SequenceMatcher, unified_diff

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stacker.git.hunks import hunk_to, line_after

DIFF = """diff --git a/f b/f
--- a/f
+++ b/f
@@ -1,4 +1,5 @@ def f():
+new
 one
-two
+TWO
 three
 four
@@ -10,0 +12 @@
+more
"""
TEXTS = st.lists(st.sampled_from("abc"), max_size=9)


@pytest.mark.parametrize(
    ("line", "after"), [(1, 2), (2, None), (3, 4), (4, 5), (5, 6), (10, 11), (11, 13)]
)
def test_lines_before_in_and_behind_a_hunk(line, after):
    assert line_after(DIFF, line) == after


def test_nothing_changed():
    assert line_after("", 7) == 7


@given(TEXTS, TEXTS, st.integers(0, 3))
def test_a_line_that_stays_is_found_whatever_stands_around_it(old, new, context):
    diff = "\n".join(unified_diff(old, new, "a/f", "b/f", n=context, lineterm=""))
    stay = {}
    for block in SequenceMatcher(None, old, new).get_matching_blocks():
        stay |= {block.a + n + 1: block.b + n + 1 for n in range(block.size)}
    assert {n: line_after(diff, n) for n in range(1, len(old) + 1)} == {
        n: stay.get(n) for n in range(1, len(old) + 1)
    }


def test_a_hunk_up_to_a_line():
    assert hunk_to(DIFF, 3, old=False) == "@@ -1,4 +1,5 @@ def f():\n+new\n one\n-two\n+TWO"
    assert hunk_to(DIFF, 2, old=True) == "@@ -1,4 +1,5 @@ def f():\n+new\n one\n-two"
    assert hunk_to(DIFF, 12, old=False) == "@@ -10,0 +12 @@\n+more"
    assert hunk_to("@@ -1 +1 @@\n-a\n+b", 1, old=False) == "@@ -1 +1 @@\n-a\n+b"
    assert hunk_to(DIFF, 6, old=False) is None
    assert hunk_to(DIFF, 10, old=True) is None
