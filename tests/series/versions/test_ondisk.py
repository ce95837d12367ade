"""The files on disk follow the operation: whatever stopped a write is completed, edits stay."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as given_settings
from hypothesis import strategies as st

from stacker.series.directory import SeriesDirectory
from stacker.series.versions import ondisk, recording
from stacker.series.versions.snapshot import Snapshot
from stacker.series.workspace import open_store

NAMES = ("series.lock", "series.toml", "series/a.md", "patches/a/0001-x.patch", "patches/b/1.patch")
FILES = st.dictionaries(st.sampled_from(NAMES), st.sampled_from([b"1\n", b"2\n", b""]))
BLANK = st.sampled_from([b"", b"\0", b"\0" * 4096])
given_few = given_settings(
    max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
def directory(tmp_path):
    found = SeriesDirectory(tmp_path / "series-home")
    found.root.mkdir()
    found.state.mkdir()
    return found


@pytest.fixture
def store(directory):
    with open_store(directory.store) as opened:
        yield opened


def record(store, files):
    return recording.record(
        store, Snapshot.of(store.algorithm, files), (), version=1, content=None,
        command="rebase", reason="test", now=1_550_000_000,
    )  # fmt: skip


def begin(store, directory, files):
    """An operation with just these files, on disk too."""
    record(store, files)
    put(directory, files)
    ondisk.write_files(store, directory)
    assert directory.files() == files


def put(directory, files):
    for name in {*directory.files(), *files}:
        directory.replace(name, files.get(name))


@given_few
@given(FILES, FILES, st.sets(st.sampled_from(NAMES)))
def test_a_write_that_was_cut_anywhere_is_completed(store, directory, before, after, done):
    begin(store, directory, before)
    record(store, after)
    put(
        directory,
        {n: c for n in NAMES if (c := (after if n in done else before).get(n)) is not None},
    )
    assert ondisk.pending(store, directory)
    ondisk.write_files(store, directory)
    assert directory.files() == after
    assert not ondisk.pending(store, directory)
    assert not ondisk.write_files(store, directory)


@given_few
@given(FILES, FILES, st.dictionaries(st.sampled_from(NAMES), st.just(b"by hand\n")))
def test_what_was_edited_by_hand_is_never_overwritten(store, directory, before, after, edits):
    begin(store, directory, before)
    record(store, after)
    put(directory, {**before, **edits})
    ondisk.write_files(store, directory)
    assert directory.files() == {**after, **edits}
    assert ondisk.found(store, directory) == {**after, **edits}


@given_few
@given(FILES, FILES, st.dictionaries(st.sampled_from(NAMES), BLANK))
def test_what_a_power_cut_left_blank_is_written_again(store, directory, before, after, lost):
    """The operation is in the store; of the new files any may have lost its content."""
    begin(store, directory, before)
    record(store, after)
    ondisk.write_files(store, directory)
    put(directory, {**after, **{name: lost[name] for name in lost if name in after}})
    assert ondisk.found(store, directory) == after
    assert directory.files() == after


@given_few
@given(FILES, FILES, st.dictionaries(st.sampled_from(NAMES), BLANK))
def test_blank_files_do_not_keep_a_cut_write_from_being_completed(
    store, directory, before, after, lost
):
    begin(store, directory, before)
    record(store, after)
    put(
        directory,
        {**before, **{name: lost[name] for name in lost if before.get(name) != after.get(name)}},
    )
    ondisk.write_files(store, directory)
    assert directory.files() == after


def test_a_file_that_is_meant_to_be_empty_is_one(store, directory):
    begin(store, directory, {"series.lock": b"1", "series/a.md": b""})
    (directory.root / "patches").mkdir()
    (directory.root / "patches" / "empty").write_bytes(b"")
    files = {"series.lock": b"1", "series/a.md": b"", "patches/empty": b""}
    assert ondisk.found(store, directory) == files
    assert directory.files() == files


def test_a_marker_that_cannot_be_read_is_none(store, directory):
    begin(store, directory, {"series.lock": b"1"})
    for garbage in (b"", b"\0" * 41, b"\xff\n", b"1" * 40 + b"\n"):
        (directory.state / "written").write_bytes(garbage)
        assert ondisk.found(store, directory) == {"series.lock": b"1"}
        assert ondisk.write_files(store, directory)
        assert directory.files() == {"series.lock": b"1"}
        assert not ondisk.pending(store, directory)


def test_only_what_differs_is_replaced(store, directory, monkeypatch):
    files = {f"patches/a/{n}.patch": b"%d\n" % n for n in range(9)} | {"series.lock": b"1"}
    begin(store, directory, files)
    old = Snapshot.of(store.algorithm, files)
    new = Snapshot.of(store.algorithm, {**files, "patches/a/3.patch": b"x", "series.lock": b"2"})
    record(store, new.files)
    replaced, real = [], SeriesDirectory.replace
    monkeypatch.setattr(
        SeriesDirectory, "replace", lambda d, n, c: replaced.append(n) or real(d, n, c)
    )
    monkeypatch.setattr(store, "tree", lambda _: pytest.fail("read what is known"))
    monkeypatch.setattr(store, "blob", lambda _: pytest.fail("read what is known"))
    ondisk.write_files(store, directory, (old, new))
    assert replaced == ["patches/a/3.patch", "series.lock"]
    assert directory.files() == new.files
