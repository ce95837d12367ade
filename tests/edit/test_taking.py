"""Names of patch files: whatever they were called before, a new one comes last."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from stacker.edit.taking import next_file

NAMES = st.text(st.characters(codec="ascii", exclude_characters="/\0"), min_size=1, max_size=12)


def test_it_is_numbered_on():
    assert next_file([], "A file: c") == "0001-a-file-c.patch"
    assert next_file(["0001-a.patch", "0007-b.patch"], "C") == "0008-c.patch"
    assert next_file(["9999-a.patch"], "C") == "9999-a_c.patch"
    assert next_file(["fix.patch"], "C") == "fix_c.patch"


@given(st.sets(NAMES, max_size=4), st.text(max_size=20), st.integers(1, 3))
def test_it_sorts_behind_all(names, subject, more):
    files = sorted(f"{name}.patch" for name in names)
    for _ in range(more):
        files.append(next_file(files, subject))
    assert files == sorted(set(files))
