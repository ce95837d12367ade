"""A resolution as a file: whatever it holds comes back, and what is damaged is named."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stacker.errors import SeriesError
from stacker.git.merge import Side
from stacker.git.objects import Oid
from stacker.series.plan.model import StageId
from stacker.series.resolutions.resolution import Resolution, parse, serialise

SIDE = st.none() | st.builds(
    Side,
    st.sampled_from(["100644", "100755", "120000", "160000"]),
    st.text("0123456789abcdef", min_size=40, max_size=40).map(Oid),
)
RESOLUTIONS = st.builds(
    Resolution,
    stage=st.just(StageId("one")),
    patch=st.just("0001-a.patch"),
    path=st.binary(min_size=1).map(lambda raw: b"d/a" + raw.replace(b"\0", b"").replace(b"/", b"")),
    base=SIDE, upstream=SIDE, mine=SIDE,
    mode=st.sampled_from([None, "100644", "100755", "120000"]),
    content=st.binary(),
    by=st.text(st.characters(exclude_categories=("Cs",))),
    version=st.integers(0, 10**6),
    beside=st.text("0123456789abcdef", max_size=16),
    when=st.integers(0, 2**33),
    kind=st.sampled_from(["", "content", "modify/delete"]),
    conflicts=st.lists(st.text("0123456789abcdef", min_size=16, max_size=16)).map(tuple),
    then=st.binary(),
)  # fmt: skip


@given(RESOLUTIONS)
def test_what_goes_into_the_file_comes_out(one):
    assert parse(serialise(one), one.file_name) == one


def test_a_file_of_an_earlier_stacker_is_read():
    raw = (
        b'stage: "one"\npatch: "0001-a.patch"\npath: "a.c"\nbase: "none"\n'
        b'upstream: "100644 ' + b"1" * 40 + b'"\nmine: "none"\nmode: "gone"\nversion: "3"\n'
        b'by: "Eve"\nbeside: ""\n\n'
    )
    one = parse(raw, "resolutions/one/0001-a.a.c.123")
    assert (one.mode, one.content, one.then, one.conflicts) == (None, b"", b"", ())


ONE = Resolution(
    stage=StageId("one"), patch="0001-a.patch", path=b"a.c", base=None, upstream=None, mine=None,
    mode="100644", content=b"solved\n", by="Eve", version=3, then=b"conflict\n",
)  # fmt: skip


@pytest.mark.parametrize("damage", [
    lambda raw: raw.replace(b'then: "9"', b'then: "9000"'),
    lambda raw: raw.replace(b'then: "9"', b'then: "-1"'),
    lambda raw: raw.replace(b'then: "9"', b"then: nine"),
    lambda raw: raw.replace(b"path: ", b"paths: "),
    lambda raw: raw.replace(b"\n", b"\r\n"),
    lambda raw: raw[:40],
    lambda raw: raw.replace(b'"a.c"', b'"../a.c"'),
    lambda raw: raw.replace(b'"a.c"', b'"/a.c"'),
    lambda raw: raw.replace(b'"a.c"', b'"d/.GIT/config"'),
    lambda raw: raw.replace(b'"a.c"', b'".g\\u200cit/config"'),
    lambda raw: raw.replace(b'"a.c"', b'"git~1 ./config"'),
    lambda raw: raw.replace(b'"a.c"', b'".git:x"'),
    lambda raw: raw.replace(b'"one"', b'"../one"'),
    lambda raw: raw.replace(b'"0001-a.patch"', b'"../../0001-a.patch"'),
    lambda raw: raw.replace(b'"0001-a.patch"', b'"..\\\\a.patch"'),
    lambda raw: raw.replace(b'"100644"', b'"040000"'),
    lambda raw: raw.replace(b'"100644"', b'"160000"'),
    lambda _: b"",
])  # fmt: skip
def test_a_damaged_file_is_named(damage):
    with pytest.raises(SeriesError, match="resolutions/one/x is damaged"):
        parse(damage(serialise(ONE)), "resolutions/one/x")
