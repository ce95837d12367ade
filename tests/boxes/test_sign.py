"""Signs of life are read with limits, and say what was written into them."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from stacker.boxes.known import NOBODY, Known, read, write
from stacker.boxes.sign import LONGEST, Doing, Sign, box_name, is_box, text_of
from stacker.boxes.sign import read as read_sign

SIGN = Sign(
    box="pi-4-0a", host="pi-4", account="builder", platforms=("arm",), doing=Doing.IDLE, what="",
    version=3, looked_at=1_800_000_000, at=1_800_000_000, stacker="1.0",
)  # fmt: skip
VALUES = json.loads(text_of(SIGN))
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@settings(max_examples=30)
@given(
    st.builds(
        Sign, box=st.just("b"), host=st.text(), account=st.text(max_size=500),
        platforms=st.lists(st.text(max_size=99), max_size=99).map(tuple),
        doing=st.sampled_from(Doing), what=st.text(max_size=999),
        version=st.integers(0, 10**9), looked_at=st.integers(0, 10**10), at=st.integers(0, 10**10),
        stacker=st.text(max_size=20),
    )
)  # fmt: skip
def test_whatever_a_box_says_can_be_read(sign):
    text = text_of(sign)
    assert len(text) <= LONGEST
    there = read_sign("b", text)
    assert there is not None
    assert (there.doing, there.version, there.at) == (sign.doing, sign.version, sign.at)
    assert text_of(there) == text_of(read_sign("b", text_of(there)))


@given(st.binary(max_size=200) | anything.map(lambda value: json.dumps(value).encode()))
def test_whatever_somebody_wrote_is_none(raw):
    assert read_sign("b", raw) is None


@given(st.sampled_from(sorted(VALUES)), anything)
def test_a_field_with_anything_in_it_is_none_or_of_its_kind(field, value):
    sign = read_sign("b", json.dumps({**VALUES, field: value}).encode())
    if sign is not None:
        assert all("\n" not in text for text in (sign.host, sign.account, sign.what))
        assert type(sign.at) is int


def test_more_fields_are_no_matter_and_too_much_is():
    assert read_sign("b", json.dumps({**VALUES, "more": [1]}).encode()) is not None
    assert read_sign("b", text_of(SIGN) + b" " * LONGEST) is None
    assert read_sign("../b", text_of(SIGN)) is None
    assert read_sign("b", b"[" * 10_000) is None


@given(st.text(), st.text("0123456789abcdef", min_size=8, max_size=8))
def test_a_name_is_a_part_of_a_ref(host, mark):
    name = box_name(host, mark)
    assert is_box(name)
    assert name.endswith(mark)


def test_what_is_known_is_what_was_written(tmp_path):
    assert read(tmp_path) == NOBODY
    write(tmp_path, Known(5, ()))
    assert list(tmp_path.iterdir()) == []
    write(tmp_path, Known(5, (SIGN,)))
    assert read(tmp_path) == Known(5, (SIGN,))
    write(tmp_path, Known(6, ()))
    assert read(tmp_path) == Known(6, ())


@given(st.binary(max_size=100) | anything.map(lambda value: json.dumps(value).encode()))
def test_a_file_that_is_damaged_knows_nobody(tmp_path_factory, raw):
    folder = tmp_path_factory.getbasetemp()
    (folder / "boxes.json").write_bytes(raw)
    assert read(folder) == NOBODY


def test_silence_is_as_long_as_what_a_box_does_allows():
    at = SIGN.at
    assert SIGN.silence(at + 7200) is None
    assert SIGN.silence(at + 7201) == 7201
    assert SIGN.silence(at - 10**6) is None
    building = read_sign("b", json.dumps({**VALUES, "doing": "building"}).encode())
    assert building.silence(at + 80_000) is None
    assert building.silence(at + 90_000) == 90_000
