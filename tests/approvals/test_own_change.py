"""Is it the same change? Never where one byte differs that a reviewer read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stacker.approvals.own_change import Own, same_change, words_of
from stacker.git.process import Git
from stacker.git.store import ObjectStore

BYTES = st.binary(max_size=12).map(lambda raw: raw.replace(b"\n", b""))
SIGNS = st.sampled_from([b" ", b"+", b"-", b"\\"])
LINES = st.lists(st.tuples(SIGNS, BYTES), min_size=1, max_size=6)
IDS = st.text("0123456789abcdef", min_size=40, max_size=40)
PLACES = st.integers(1, 99999)


def diff(lines, ids=("1" * 40, "2" * 40), at=(1, 1), heading=b" int f(void)"):
    body = b"".join(sign + text + b"\n" for sign, text in lines)
    return b"diff --git a/x b/x\nindex %s..%s 100644\n--- a/x\n+++ b/x\n@@ -%d,3 +%d @@%s\n%s" % (
        ids[0].encode(),
        ids[1].encode(),
        *at,
        heading,
        body,
    )


@given(LINES, st.tuples(IDS, IDS), st.tuples(PLACES, PLACES))
def test_where_in_its_file_a_change_stands_does_not_matter(lines, ids, at):
    assert words_of(diff(lines, ids, at)) == words_of(diff(lines))


@given(LINES, st.data())
def test_each_byte_of_each_line_matters(lines, data):
    number = data.draw(st.integers(0, len(lines) - 1))
    sign, text = lines[number]
    other = data.draw(st.tuples(SIGNS, BYTES).filter(lambda one: one != (sign, text)))
    changed = [*lines[:number], other, *lines[number + 1 :]]
    assert words_of(diff(lines)) != words_of(diff(changed))


def test_the_heading_of_a_hunk_matters():
    lines = [(b"+", b"x")]
    assert words_of(diff(lines, heading=b" f")) != words_of(diff(lines, heading=b" g"))


WAS = [f"{n}\n" for n in range(40)]
BINARY = ["\0", *WAS]
TWICE = [*WAS[:10], "open\n", *WAS[:6], "close\n", *WAS[:20], "open\n", *WAS[:6], "close\n"]


def with_line(lines, at, text="new\n"):
    return "".join([*lines[:at], text, *lines[at:]])


def other(lines, at, text="drift\n"):
    return [*lines[:at], text, *lines[at + 1 :]]


# What the file was, and became, before; and what now.
CASES = {
    "the rest of the file moved": (WAS, with_line(WAS, 5), other(WAS, 30), 5, True),
    "lines before it moved it down": (
        WAS, with_line(WAS, 25), ["-2\n", "-1\n", *WAS], 27, True,
    ),
    "a context line is another": (WAS, with_line(WAS, 5), other(WAS, 7), 5, False),
    "a line of it is another": (WAS, with_line(WAS, 5, "New\n"), WAS, 5, False),
    "it moved": (WAS, with_line(WAS, 5), WAS, 6, False),
    "it moved to a place that looks the same": (
        TWICE, with_line(TWICE, 14), TWICE, 42, False,
    ),
    "in a binary file": (BINARY, with_line(BINARY, 5), other(BINARY, 30), 5, False),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_same_change_on_another_base(tmp_path, history, case):
    was, became, drifted, at, same = case
    drawn = history.draw(
        tmp_path / "r.git",
        {
            "master": [("base", {"x": "".join(was)}), ("drift", {"x": "".join(drifted)})],
            "before": ["base", ("before", {"x": became})],
            "now": ["drift", ("now", {"x": with_line(drifted, at)})],
        },
    )
    now, before = Own(drawn["drift"], drawn["now"]), Own(drawn["base"], drawn["before"])
    with ObjectStore(Git(drawn.path)) as store:
        assert same_change(store, now, before) is same
        assert same_change(store, before, now) is same
        assert same_change(store, now, now)


def test_no_change_is_never_the_same(tmp_path, history):
    drawn = history.draw(tmp_path / "r.git", {"master": [("base", {"x": "x\n"})]})
    with ObjectStore(Git(drawn.path)) as store:
        nothing = Own(drawn["base"], drawn["base"])
        assert not same_change(store, nothing, nothing)
