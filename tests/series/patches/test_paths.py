"""Which paths Windows takes for something else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stacker.series.patches.paths import folded, is_plain, shown, twins, wrong_on_windows

MISREAD = [
    "con", "CON", "Con.txt", "aux.c", "lib/nul", "nul/x", "com1", "COM9.tar.gz", "lpt0 .x", "prn",
    "conin$", "com\u00b9", "a:b", "a::$DATA", "c:/x", "a\\b", "..\\x", "dot.", "blank ",
    "dir./x", "dir /x",
]  # fmt: skip
FINE = [
    "console", "auxiliary.c", "com", "com10", "lpt", "nul-1", ".con", "a.con", "x/.gitignore",
    "a b/c d", "-x", "tab\t", "quote\"", "star*", "é.c", "~t", "@{x}", "PCbuild/build.bat",
]  # fmt: skip


@pytest.mark.parametrize("path", MISREAD)
def test_windows_makes_something_else_of_it(path):
    assert "Windows" in wrong_on_windows(path.encode())


@pytest.mark.parametrize("path", FINE)
def test_it_is_that_file_or_none(path):
    assert wrong_on_windows(path.encode()) is None


@given(st.binary(max_size=12))
def test_any_bytes_have_an_answer(path):
    wrong_on_windows(path)
    folded(path)


PLAIN = ["a", "Lib/test/test_x.py", "a-b/c_d+e.f.g", "0/1"]
NOT_PLAIN = ["", "/a", "a/", "a//b", ".", "..", "a/../b", ".git/x", "a/.git", "git~1", "a\\b",
             "a:b", "a ", "a.", "é", ".g\u200cit/x", "a\n", "a b"]  # fmt: skip


def test_a_plain_path_has_nothing_to_judge():
    assert [p for p in PLAIN if not is_plain(p.encode())] == []
    assert [p for p in NOT_PLAIN if is_plain(p.encode())] == []


def test_twins_are_found_in_every_folder():
    assert twins([b"README", b"a/b", b"A.c"]) is None
    assert twins([b"README", b"readme"]) == (b"README", b"readme")
    assert twins([b"Lib/a", b"lib/b"]) == (b"Lib", b"lib")
    assert twins([b"x/Lib/a", b"x/lib"]) == (b"x/Lib", b"x/lib")
    assert twins(["é".encode(), "e\u0301".encode()]) is not None
    assert twins([b"\xff", b"\xfe", b"a/x", b"b/x"]) is None


def test_a_path_is_shown_without_surprises():
    assert shown("a/é b".encode()) == "a/é b"
    assert shown(b"a\r") == r"'a\r'"
    assert shown("\u202ea".encode()) == r"'\u202ea'"
    assert shown(b"\xff") == r"\xff"
