from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stacker.errors import ForgeError
from stacker.forge.answers import (
    expect_bool,
    expect_int,
    expect_list,
    expect_oid,
    expect_one_of,
    expect_str,
    optional_str,
    printable,
)


@given(st.text())
def test_printable_shows_nothing_that_moves_a_cursor_or_turns_the_text(text):
    assert printable(text).isprintable()


def test_printable_escapes_and_cuts():
    assert printable("a\x1b[2Jb\u202ec") == "a\\u{1b}[2Jb\\u{202e}c"
    assert len(printable("x" * 9000)) == 501


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["a", "b"]), inner, max_size=2)
    ),
)
READERS = {
    expect_str: str,
    expect_int: int,
    expect_bool: bool,
    expect_list: list,
    expect_oid: str,
    optional_str: (str, type(None)),
}


@pytest.mark.parametrize("reader", READERS)
@given(data=JSON)
def test_a_reader_gives_its_type_or_a_forge_error(reader, data):
    found = None
    with contextlib.suppress(ForgeError):
        found = (reader(data, "a", "b"),)
    assert found is None or isinstance(found[0], READERS[reader])


def test_the_error_names_the_place():
    with pytest.raises(ForgeError, match=r"head\.sha should be an object id, not 'zz'"):
        expect_oid({"head": {"sha": "zz"}}, "head", "sha")
    with pytest.raises(ForgeError, match="a number"):
        expect_int({"n": True}, "n")
    with pytest.raises(ForgeError, match="one of open, closed"):
        expect_one_of({"open": 1, "closed": 2}, {"state": "ajar"}, "state")
