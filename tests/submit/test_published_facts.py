"""What a text keeps of its stage: read back whole, or not at all."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stacker.series.plan.naming import wrong_with_name
from stacker.submit.words.body import (
    Called,
    Part,
    Text,
    drafted_by_us,
    pull_body,
    with_block,
    with_lines,
)
from stacker.submit.words.published_facts import (
    MOST_VERSIONS,
    PublishedFacts,
    PublishedVersion,
    following,
    public_home,
    read,
    write,
)

OID = "0123456789" * 4
HOMES = ["https://github.com/o/r", "http://localhost:1/x.git", "ssh://git@h/x", "git@h.org:o/r.git"]

names = st.text(min_size=1, max_size=12).filter(lambda name: not wrong_with_name(name))
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
widths = st.sampled_from([40, 64])


@st.composite
def versions(draw):
    digits = draw(widths)
    oids = st.text("0123456789abcdef", min_size=digits, max_size=digits)
    each = st.builds(
        PublishedVersion, number=st.integers(1, 999_999), head=oids, below=oids, base=oids,
        why=texts,
    )  # fmt: skip
    return tuple(draw(st.lists(each, max_size=4)))


facts = st.builds(
    PublishedFacts, series=names, stage=names, title=texts, home=st.none() | st.sampled_from(HOMES),
    versions=versions(),
)  # fmt: skip


def version(number=1, head=OID, why="Port it"):
    return PublishedVersion(number, head, OID, OID, why)


def told(**more):
    given = {"series": "s", "stage": "a", "title": "A", "home": None, "versions": (version(),)}
    return PublishedFacts(**given | more)


def body(line, text="", draft=False):
    part = Part(stage="a", title="A", reference="", state="open", group=None, needs=())
    said = Text(title="A", body=text, range_view="VIEW", published=line)
    return pull_body(Called("s", "S"), part, [part], said, draft=draft)


def block(said):
    """A block with a hidden line that says any JSON."""
    return body(f"<!-- stacker:published {json.dumps(said)} -->")


@given(facts)
def test_they_are_read_back_as_they_were_written(said):
    line = write(said)
    assert "\n" not in line
    assert read(body(line)) == said
    assert read(f"theirs\r\n{body(line)}\n".replace("\n", "\r\n")) == said
    assert read(with_lines(body(line), ["- more"])) == said


@given(facts)
def test_they_end_no_comment_and_call_and_close_nothing(said):
    inner = write(said).removeprefix("<!-- stacker:published ").removesuffix(" -->")
    assert not re.search(r"[<>&@#]|://|GH-\d|www\.|-->", inner, re.IGNORECASE)


@given(st.text() | st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just(OID),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(
        st.sampled_from(["series", "stage", "title", "home", "versions"]), inner
    ),
    max_leaves=20,
))  # fmt: skip
def test_anything_else_is_nothing(said):
    found = read(said) if isinstance(said, str) else read(block(said))
    assert found is None or read(body(write(found))) == found


GOOD = {"series": "s", "stage": "a", "title": "A", "versions": [[1, OID, OID, OID, "Port it"]]}


def wrong(**more):
    return GOOD | more


def row(**more):
    good = {"number": 1, "head": OID, "below": OID, "base": OID, "why": ""}
    return wrong(versions=[list((good | more).values())])


@pytest.mark.parametrize(
    "said",
    [
        wrong(series="a/b"), wrong(stage="-x"), wrong(stage=""), wrong(title=1),
        wrong(title="x" * 1001), wrong(title="\ud800"), wrong(home="https://me:secret@h/x"),
        wrong(home="file:///etc"), wrong(home="../x"), wrong(home=3), wrong(home="https://h\n/"),
        wrong(versions=None), wrong(versions=[[1, OID, OID, OID]]), wrong(versions=["1"]),
        wrong(versions=[[1, OID, OID, OID, ""]] * (MOST_VERSIONS + 1)),
        row(number=0), row(number=-1), row(number=True), row(number=1.0), row(number=10**6),
        row(head=OID[:-1]), row(head=OID.replace("a", "A") + "x"), row(below=OID + "0" * 24),
        row(why="x" * 201), row(why="\udfff"),
    ],
)  # fmt: skip
def test_what_is_not_exactly_formed_is_not_believed(said):
    assert read(block(GOOD)) == told()
    assert read(block(said)) is None


def test_numbers_too_long_and_brackets_too_deep():
    for inner in ('{"series": ' + "9" * 10_000 + "}", '{"a": ' + "[" * 100_000 + "}"):
        assert read(body(f"<!-- stacker:published {inner} -->")) is None


def test_a_text_without_them_tells_what_it_told_before():
    assert read(body("", draft=True)) is None
    assert drafted_by_us(body("", draft=True))
    assert drafted_by_us(body(write(told()), draft=True))
    assert read("") is None


def test_only_our_block_is_read_and_the_stages_own_text_is_not():
    line = write(told(title="theirs"))
    assert read(f"{line}\n{body('')}\n{line}") is None
    said = body(write(told()), text=f"{line}\nend")
    assert read(said) == told()
    assert with_block(f"a\n{said}\nb", "NEW") == "a\nNEW\nb"


@pytest.mark.parametrize("home", HOMES)
def test_a_home_that_everybody_may_know(home):
    assert public_home(home) == home


@pytest.mark.parametrize(
    "home",
    ["https://token@h/x", "https://a:b@h/x", "ssh://a:b@h/x", "../x", "C:\\x", "git://h/x",
     "file:///x", "https://h/" + "x" * 300, "https://", "https://h/\u202e", None],
)  # fmt: skip
def test_a_home_that_is_not_told(home):
    assert public_home(home) is None
    assert "home" not in write(told(home=home))


def test_the_newest_head_comes_last_and_the_oldest_go():
    one, two = version(1, "1" * 40), version(2, "2" * 40)
    assert following((), one) == (one,)
    assert following((one,), two) == (one, two)
    assert following((one, two), version(2, "2" * 40, "said better"))[1].why == "said better"
    many = tuple(version(n, f"{n:040}") for n in range(1, MOST_VERSIONS + 1))
    assert following(many, version(99)) == (*many[1:], version(99))
