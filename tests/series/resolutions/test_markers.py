"""Conflict markers: named for people, cut into hunks, found where they were forgotten."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stacker.series.resolutions.markers import Cut, cut, leftover, named, sides_of_hunk, solutions

UP, BASE, MINE = "1" * 40, "2" * 7, "3" * 64


def hunk(word, size=7, path="", end="\n"):
    """As git writes it."""
    lines = (f"{'<' * size} {UP}{path}", word, f"{'|' * size} {BASE}{path}", "before",
             "=" * size, "mine", f"{'>' * size} {MINE}{path}")  # fmt: skip
    return "".join(line + end for line in lines).encode()


def test_sides_have_names_instead_of_ids():
    assert named(b"a\n" + hunk("theirs", path=":old name") + b"z\n") == (
        b"a\n<<<<<<< upstream:old name\ntheirs\n||||||| before:old name\nbefore\n=======\nmine\n"
        b">>>>>>> mine:old name\nz\n"
    )


@pytest.mark.parametrize("content", [
    b"<<<<<<< HEAD\n", b"x <<<<<<< " + UP.encode() + b"\n", b"<<<<<< " + UP.encode() + b"\n", b"",
])  # fmt: skip
def test_other_lines_keep_theirs(content):
    assert named(content) == content


@pytest.mark.parametrize("size", [7, 8, 32])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_file_is_cut_at_its_hunks(size, end):
    content = named(b"a\n" + hunk("x", size, end=end) + b"b\n" + hunk("y", size, end=end) + b"c")
    found = cut(content)
    assert found is not None
    assert found.texts == (b"a\n", b"b\n", b"c")
    assert [b"x" in found.hunks[0], b"y" in found.hunks[1]] == [True, True]
    assert found.with_hunks(found.hunks) == content


def test_a_hunk_within_a_hunk_belongs_to_it():
    inner = named(hunk("inner", size=8))
    outer = named(hunk("theirs")).replace(b"before\n", inner, 1)
    assert cut(b"a\n" + outer + b"b\n") == Cut((b"a\n", b"b\n"), (outer,))


@pytest.mark.parametrize("content", [b"a\n", b"<<<<<<< upstream\nno end\n", b""])
def test_without_whole_hunks_there_is_nothing_to_cut(content):
    assert cut(content) is None


THEN = Cut((b"a\n", b"b\n", b"c\n"), (b"first", b"second"))


@pytest.mark.parametrize(("solved", "found"), [
    (b"a\nX\nb\nY\nc\n", (b"X\n", b"Y\n")),
    (b"a\nb\nc\n", (b"", b"")),
    (b"a\nX\nX\nb\nc\n", (b"X\nX\n", b"")),
    (b"a\nXb\nb\nY\nc\n", (b"Xb\n", b"Y\n")),
    (b"a\nb\nb\nc\n", None),  # which of the two is ours?
    (b"A\nX\nb\nY\nc\n", None),
    (b"a\nX\nY\nc\n", None),
    (b"a\nX\nb\nYc\n", None),
    (b"a\nXb\nc\n", None),
    (b"", None),
])  # fmt: skip
def test_what_a_hunk_became(solved, found):
    assert solutions(THEN, solved) == found


def test_a_last_line_without_its_end_is_no_whole_line():
    assert solutions(Cut((b"a\n", b""), (b"hunk",)), b"a\nX") is None


LINE = st.sampled_from([b"a\n", b"b\n", b"c\n", b"\n"])
TEXT = st.lists(LINE, max_size=4).map(b"".join)


@given(st.lists(st.tuples(TEXT, TEXT), min_size=1, max_size=4), TEXT)
def test_what_is_found_gives_the_solution_again(parts, last):
    texts, became = (*(text for text, _ in parts), last), [b for _, b in parts]
    then = Cut(texts, tuple(b"hunk %d\n" % n for n in range(len(parts))))
    solved = then.with_hunks(became)
    found = solutions(then, solved)
    assert found is None or then.with_hunks(found) == solved
    if all(texts[1:-1]) and not any(text in b"".join(became) for text in texts[1:-1]):
        # Nothing else looks like the texts between, unless it runs over their edges.
        assert found is None or list(found) == became


@pytest.mark.parametrize(("content", "line"), [
    (b"a\n<<<<<<< upstream\n", 2), (b">>>>>>> x\n", 1), (b"a\n=======\nb", 2),
    (b"|||||||\n", 1), (b"<<<<<<<<<<<< mine\r\n", 1), (b"a\n======= \n", None),
    (b"======\n", None), (b"========\n", None), (b"a <<<<<<< b\n", None), (b"<<<<<<<x\n", None),
])  # fmt: skip
def test_a_forgotten_marker_has_a_line(content, line):
    assert leftover(content, [b"none here\n"]) == line


def test_what_a_side_has_is_no_marker():
    rst = b"Title\n=======\n"
    assert leftover(rst, [b"x\n", rst]) is None
    assert leftover(rst + b">>>>>>> mine\n", [rst]) == 3


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("size", [7, 12])
def test_the_sides_of_a_hunk(size, end):
    one = named(hunk("theirs", size, end=end)).replace(b"mine\r\n>", b">").replace(b"mine\n>", b">")
    sides = sides_of_hunk(one)
    assert sides == (b"theirs" + end.encode(), b"before" + end.encode(), b"")


def test_the_sides_of_a_hunk_with_shorter_markers_in_it():
    inner = hunk("theirs\n=======\n<<<<<<< upstream", 12)
    sides = sides_of_hunk(named(inner))
    assert sides == (b"theirs\n=======\n<<<<<<< upstream\n", b"before\n", b"mine\n")


def test_half_a_hunk_has_no_sides():
    assert sides_of_hunk(b"<<<<<<< upstream\na\n=======\nb\n>>>>>>> mine\n") is None
