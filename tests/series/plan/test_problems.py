"""A problem is shown with its line and a caret, and shows nothing it should not."""

from stacker.errors import Problem
from stacker.series.plan.problems import dotted, format_problem


def shown(source, column, message="wrong", key="a.b"):
    return format_problem(Problem("series.toml", 3, column, key, message, source))


def test_the_caret_stands_below_wide_and_combining_characters():
    assert shown('"日本e\u0301" x', 8).split("\n")[2] == "    " + " " * 8 + "^"


def test_a_tab_is_one_cell_and_what_is_unseen_is_marked():
    _, source, caret = shown("\tx\x1b[31m\u202e = 1", 2).split("\n")
    assert source == "     x\ufffd[31m\ufffd = 1"
    assert caret == "     ^"


def test_a_long_line_is_cut_around_the_place():
    _, source, caret = shown("x" * 5000 + "y" + "x" * 5000, 5001).split("\n")
    assert len(source) < 200
    assert source[caret.index("^")] == "y"


def test_a_message_cannot_write_on_the_terminal():
    text = shown("x = 1", 1, message="bad \x1b]0;title\x07 \u202e\nway\x1b out", key="k\x1b")
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert text.split("\n")[0] == ("series.toml:3:1  k\\u{1b}: bad \\u{1b}]0;title\\u{7} \\u{202e}")
    assert text.endswith("^ way\\u{1b} out")


def test_without_a_line_only_the_words_are_shown():
    assert shown("", 1, message="wrong\ndo this", key="") == ("series.toml:3:1  wrong\n    do this")


def test_paths_as_a_person_writes_them():
    assert dotted(("stages", 4, "needs", 0)) == "stages[4].needs"
    assert dotted(("stages", 4)) == "stages[4]"
    assert dotted(("groups", 'a "b"', "stages")) == 'groups."a \\"b\\"".stages'
