"""A content has one number, and operations pass on which."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from stacker.git.objects import Oid
from stacker.series.lock import Lock, Published, StageLock
from stacker.series.plan.model import StageId
from stacker.series.versions.numbering import Numbers, content_of

CONTENTS = st.text("0123456789abcdef", min_size=32, max_size=32)


def oid(number):
    return Oid(f"{number:040x}")


@given(
    st.integers(0, 10**6), st.dictionaries(CONTENTS, st.integers(0, 10**6), max_size=5),
    st.none() | st.integers(1, 9).map(oid),
)  # fmt: skip
def test_what_is_written_is_read(highest, carried, older):
    numbers = Numbers(highest, carried, older)
    message = f"rebase: Numbers: 3 none\n\nVersion: 1\nPrevious: none\n{numbers.line()}"
    assert Numbers.parse(message) == numbers


def test_a_message_of_an_older_stacker_has_none():
    assert Numbers.parse("rebase: onto x\n\nVersion: 1\nPrevious: none\n") is None


@given(st.lists(st.tuples(st.none() | st.integers(0, 300), st.integers(0, 99)), max_size=300))
def test_every_content_is_found_with_its_newest_number(steps):
    """A walk over a few operations sees what a look into each would."""
    line = [Numbers(0, {})]
    newest = {}
    for here, (content, number) in enumerate(steps):
        name = None if content is None else f"{content:032x}"
        line.append(line[-1].following(oid(here), number, name))
        if name is not None:
            newest[name] = number
    for name, wanted in newest.items():
        at, looked = len(line) - 1, 0
        while name not in line[at].carried:
            assert line[at].older is not None
            at, looked = int(line[at].older, 16), looked + 1
        assert line[at].carried[name] == wanted
        assert looked <= len(line) // 64 + 1
    assert line[-1].highest == max((number for _, number in steps), default=0)
    assert all(len(one.carried) <= 64 for one in line)


def test_a_content_is_what_is_changed_and_not_what_is_published():
    line = StageLock(
        stage=StageId("a"), repository="r", needs=(), commit=oid(1), trees=(oid(2),)
    )  # fmt: skip
    lock = Lock(version=3, bases={"r": oid(3)}, stages=(line,))
    published = Published(head=oid(4), base=oid(5), version=1, branch="b")
    for same in (
        lock._replace(version=9),
        lock.with_stages([line._replace(pull=7, published=published, landing=oid(6))]),
    ):
        assert content_of(same) == content_of(lock)
    for other in (
        lock._replace(bases={"r": oid(4)}),
        lock.with_stages([line._replace(commit=oid(9))]),
        lock.with_stages([line._replace(trees=(oid(9),))]),
        lock.with_stages([line._replace(landed=True)]),
        lock.with_stages([line._replace(needs=(StageId("b"),))]),
        lock.with_stages([]),
    ):
        assert content_of(other) != content_of(lock)
