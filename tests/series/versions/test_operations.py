"""Operations: one ref moves, the files follow, and nothing that a person edited is lost."""

from __future__ import annotations

import json

import pytest

from stacker.errors import BusyError
from stacker.git.process import Git
from stacker.git.store import ObjectStore
from stacker.series.directory import SeriesDirectory
from stacker.series.versions import ondisk, operations, recording
from stacker.series.versions.snapshot import Snapshot
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


def record(store, files, version=1, command="rebase", content=None):
    return recording.record(
        store, Snapshot.of(store.algorithm, files), (), version=version, content=content,
        command=command, reason="why: not", now=1_550_000_000,
    )  # fmt: skip


def test_an_operation_is_read_back_as_it_was_made(store):
    first = record(store, {"series.lock": b"one"}, version=3)
    second = record(store, {"series.lock": b"two"}, version=4, command="undo")
    assert operations.current(store) == second
    assert (second.previous, second.version, second.command) == (first.oid, 4, "undo")
    assert second.reason == "why: not"
    assert operations.files_of(store, first.oid) == {"series.lock": b"one"}
    assert [one.version for one in operations.history(store)] == [4, 3]


def test_files_follow_the_operation(store, directory):
    record(store, {"series.lock": b"one", "patches/a/0001-x.patch": b"p\r\n"})
    assert ondisk.write_files(store, directory)
    assert (directory.root / "patches/a/0001-x.patch").read_bytes() == b"p\r\n"
    record(store, {"series.lock": b"two"})
    assert ondisk.write_files(store, directory)
    assert directory.files() == {"series.lock": b"two"}
    assert not ondisk.write_files(store, directory)


def test_many_operations_are_read_back_in_order(store):
    made = [record(store, {"series.lock": b"%d" % n}, version=n) for n in range(150)]
    assert list(operations.history(store)) == made[::-1]
    assert operations.written(store) == made[-1]


def test_files_are_read_at_any_depth(store):
    files = {"series.lock": b"", "patches/a/b/c/0001.patch": b"1", "series/\udcff.md": b"2"}
    done = record(store, files)
    assert operations.files_of(store, done.oid) == files
    assert all(operations.file_of(store, done.oid, name) == raw for name, raw in files.items())
    assert operations.file_of(store, done.oid, "patches/a") is None


def test_only_what_is_new_is_written_and_as_one_pack(store):
    files = {f"patches/a/{n}.patch": b"%d\n" % n for n in range(20)}
    before = Snapshot.of(store.algorithm, files)
    record(store, files)
    packs = set((store.objects / "pack").glob("*.idx"))
    after = Snapshot.of(store.algorithm, {**files, "patches/a/3.patch": b"new"}, like=before)
    done = recording.record(
        store, after, (), version=2, content=None, command="rebase", reason="", now=1,
        known=before.ids,
    )  # fmt: skip
    [pack] = set((store.objects / "pack").glob("*.idx")) - packs
    listed = store.git.run("verify-pack", "-v", str(pack)).decode().split("\n")
    kinds = sorted(line.split()[1] for line in listed if " commit " in line or " tree " in line
                   or " blob " in line)  # fmt: skip
    assert kinds == ["blob", "commit", "tree", "tree", "tree"]
    assert operations.files_of(store, done.oid) == after.files
    assert not list(store.objects.glob("??/*"))


def test_the_head_is_on_the_disk_when_it_has_moved(tmp_path, directory):
    """git itself would leave it to the system; it tells what it makes sure of."""
    with open_store(directory.store):
        pass
    told = tmp_path / "told"
    with ObjectStore(Git(directory.store, env={"GIT_TRACE2_EVENT": str(told)})) as store:
        record(store, {"series.lock": b"one"})
    events = [json.loads(line) for line in told.read_text(encoding="utf-8").splitlines()]
    [sid] = {e["sid"] for e in events if e["event"] == "start" and "update-ref" in e["argv"]}
    flushed = [e for e in events if e["sid"] == sid and e.get("key") == "fsync/hardware-flush"]
    assert [int(e["value"]) for e in flushed] == [1]


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
    head = operations.current(store)
    assert head is not None
    assert operations.files_of(store, head.oid) == {"series.lock": b"theirs"}


def test_who_asked_for_it_is_read_back(store):
    def asked_by(name):
        what = Snapshot.of(store.algorithm, {"series.lock": name.encode()})
        recording.record(store, what, (), version=1, content=None, command="rebase", reason="",
                        now=1, by=name)  # fmt: skip
        return operations.current(store).by

    assert asked_by("Ann Ö") == "Ann Ö"
    assert asked_by("") == ""
    assert asked_by("A <x@y>\n\nparent 1") == "A x@yparent 1"
    store.git.run("fsck", "--strict")
