"""The mark that git gives two files lies between the bounds, whatever the files are."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stacker.git.objects import Entry
from stacker.git.replay.likeness import best_mark, least_mark
from stacker.series.workspace import open_store

POOL = [
    b"", b"a", b"}", b"short", b"another line", b"a\rb", b"a\r", b"x" * 63, b"y" * 64, b"z" * 65,
    b"0123456789" * 20, b"0123456789" * 20 + b"!", b"\xff\xfe latin",
]  # fmt: skip
ends = st.sampled_from([(b"\n",), (b"\r\n",), (b"\n", b"\r\n")])
texts = st.builds(
    lambda lines, ends, last, binary: (
        (b"\0 binary\n" if binary else b"")
        + b"".join(POOL[n] + ends[n % len(ends)] for n in lines)
        + last
    ),
    st.lists(st.integers(0, len(POOL) - 1), min_size=1, max_size=12),
    ends,
    st.sampled_from([b"", b"", b"no end", b"\r"]),
    st.sampled_from([False, False, False, True]),
)
# git pairs no empty ones in a merge.
pairs = st.tuples(texts, texts).filter(all)


def marks(store, some):
    """What git says of each pair, in hundredths; below 1 it says nothing, and it is 0."""
    with store.bulk():
        asked = "".join(
            " ".join(
                store.write_tree({name: Entry("100644", store.write("blob", content), b"")})
                for name, content in zip((b"before", b"behind"), pair, strict=True)
            )
            + "\n"
            for pair in some
        )
    said = store.git.text("diff-tree", "--stdin", "-r", "--raw", "-M01%", stdin=asked.encode())
    found = []
    for line in said.splitlines():
        if not line.startswith(":"):
            found.append(0)
        elif line.split()[4].startswith("R"):
            found[-1] = int(line.split()[4][1:])
    return found


@settings(max_examples=25, deadline=None)
@given(some=st.lists(pairs, min_size=20, max_size=40))
def test_git_says_what_lies_between(tmp_path_factory, some):
    with open_store(tmp_path_factory.getbasetemp() / "likeness.git") as store:
        said = marks(store, some)
    wrong = [
        pair
        for pair, mark in zip(some, said, strict=True)
        if not least_mark(*pair) * 100 // 60000 <= mark <= best_mark(*map(len, pair)) * 100 // 60000
    ]
    assert wrong == []


LINES = b"".join(b"%d of some lines\n" % n for n in range(40))
WINDOWS = LINES.replace(b"\n", b"\r\n")


def test_lines_with_cr_are_not_alike_in_a_text_and_a_binary_file(tmp_path):
    pair = (LINES + WINDOWS, b"\0\n" + LINES + WINDOWS)
    with open_store(tmp_path / "store.git") as store:
        (said,) = marks(store, [pair])
    assert least_mark(*pair) * 100 // 60000 <= said < 50


@pytest.mark.parametrize(
    ("one", "other", "mark"),
    [
        (b"aa\nbb\n", b"aa\nbb\n", 60000),
        (b"aa\nbb\n", b"bb\naa\n", 60000),
        (b"aa\nbb\n", b"aa\ncc\n", 30000),
        (b"aa\naa\n", b"aa\ncc\n", 30000),
        (b"aa\n", b"aa\nbb\naa\naa\n", 15000),
        (b"aa\nbb", b"aa\nbb", 36000),
        (b"aa\n", b"bb\n", 0),
        (b"", b"", 0),
    ],
)
def test_what_both_have_counts(one, other, mark):
    assert least_mark(one, other) == least_mark(other, one) == mark


@pytest.mark.parametrize(("size", "other", "mark"), [(7, 7, 60000), (50, 100, 30000), (0, 9, 0)])
def test_what_only_one_can_have_does_not(size, other, mark):
    assert best_mark(size, other) == best_mark(other, size) == mark
