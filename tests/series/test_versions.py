"""Operations: one ref moves, the files follow, and nothing that a person edited is lost."""

from __future__ import annotations

import pytest

from stacker.errors import BusyError
from stacker.series import versions
from stacker.series.directory import SeriesDirectory
from stacker.series.workspace import open_store


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


def record(store, files, version=1, command="rebase"):
    return versions.record(
        store, files, (), version=version, command=command, reason="why: not", now=1_550_000_000
    )


def test_an_operation_is_read_back_as_it_was_made(store):
    first = record(store, {"series.lock": b"one"}, version=3)
    second = record(store, {"series.lock": b"two"}, version=4, command="undo")
    assert versions.current(store) == second
    assert (second.previous, second.version, second.command) == (first.oid, 4, "undo")
    assert second.reason == "why: not"
    assert versions.files_of(store, first.oid) == {"series.lock": b"one"}
    assert [one.version for one in versions.history(store)] == [4, 3]


def test_files_follow_the_operation(store, directory):
    record(store, {"series.lock": b"one", "patches/a/0001-x.patch": b"p\r\n"})
    assert versions.write_files(store, directory)
    assert (directory.root / "patches/a/0001-x.patch").read_bytes() == b"p\r\n"
    record(store, {"series.lock": b"two"})
    assert versions.write_files(store, directory)
    assert directory.files() == {"series.lock": b"two"}
    assert not versions.write_files(store, directory)


def test_what_was_edited_meanwhile_stays(store, directory):
    record(store, {"series.lock": b"one", "series/a.md": b"# old\n"})
    versions.write_files(store, directory)
    (directory.root / "series/a.md").write_bytes(b"# by hand\n")
    record(store, {"series.lock": b"two", "series/a.md": b"# new\n"})
    versions.write_files(store, directory)
    assert directory.files() == {"series.lock": b"two", "series/a.md": b"# by hand\n"}


def test_of_two_that_move_the_head_at_once_one_is_told(store, directory, monkeypatch):
    record(store, {"series.lock": b"one"})
    real = store.write_commit

    def overtaken(commit):
        oid = real(commit)
        monkeypatch.setattr(store, "write_commit", real)
        record(store, {"series.lock": b"theirs"}, version=2)
        return oid

    monkeypatch.setattr(store, "write_commit", overtaken)
    with pytest.raises(BusyError):
        record(store, {"series.lock": b"ours"}, version=2)
    head = versions.current(store)
    assert head is not None
    assert versions.files_of(store, head.oid) == {"series.lock": b"theirs"}
