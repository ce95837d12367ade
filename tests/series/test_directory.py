"""Files are read whole and replaced in one step."""

from __future__ import annotations

import os

import pytest

from stacker.series.directory import SeriesDirectory, write_atomically


@pytest.fixture
def directory(tmp_path):
    found = SeriesDirectory(tmp_path / "series-home")
    found.root.mkdir()
    found.state.mkdir()
    return found


def test_all_that_a_version_holds_and_nothing_else(directory):
    files = {
        "series.toml": b"1", "series.lock": b"2", "series/a.md": b"",
        "patches/a/0001-x.patch": b"3", "patches/a/deeper/x": b"4", "patches/.hidden": b"5",
        "resolutions/a/r": b"\0\xff",
    }  # fmt: skip
    for name, content in {**files, "README.md": b"no", "other/x": b"no"}.items():
        directory.replace(name, content)
    assert directory.files() == files
    assert {name: directory.read(name) for name in files} == files


@pytest.mark.skipif(not hasattr(os, "symlink") or os.name == "nt", reason="needs links")
def test_links_are_no_files_of_a_version(directory, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.patch").write_bytes(b"secret")
    directory.replace("patches/a/0001-x.patch", b"1")
    (directory.root / "patches" / "folder").symlink_to(outside)
    (directory.root / "patches" / "a" / "file.patch").symlink_to(outside / "secret.patch")
    (directory.root / "patches" / "a" / "broken.patch").symlink_to(outside / "gone")
    assert directory.files() == {"patches/a/0001-x.patch": b"1"}


def test_what_is_not_there_or_is_a_folder_is_none(directory):
    directory.replace("patches/a/0001-x.patch", b"1")
    assert directory.read("patches/a") is None
    assert directory.read("patches/b/1") is None
    assert directory.read("patches/a/0001-x.patch/1") is None


def test_a_folder_goes_with_its_last_file_and_not_before(directory):
    for name in ("patches/a/1.patch", "patches/a/2.patch"):
        directory.replace(name, b"1")
    directory.replace("patches/a/1.patch", None)
    assert directory.files() == {"patches/a/2.patch": b"1"}
    directory.replace("patches/a/2.patch", None)
    assert not (directory.root / "patches" / "a").exists()
    directory.replace("patches/a/2.patch", None)
    directory.replace("series.lock", None)


def test_what_lies_in_folders_waits_for_no_disk(directory, monkeypatch):
    synced = []
    monkeypatch.setattr(os, "fsync", synced.append)
    directory.replace("patches/a/0001-x.patch", b"1")
    directory.replace("series/a.md", b"1")
    assert len(synced) == 0
    directory.replace("series.toml", b"1")
    directory.replace("series.lock", b"1")
    write_atomically(directory.state / "attempt.json", b"{}")
    assert len(synced) == 3


def test_a_failed_write_leaves_the_old_file_and_no_other(directory, monkeypatch):
    directory.replace("patches/a/1.patch", b"old")
    monkeypatch.setattr(type(directory.root), "replace", _refuse)
    with pytest.raises(PermissionError):
        directory.replace("patches/a/1.patch", b"new")
    assert directory.files() == {"patches/a/1.patch": b"old"}
    assert list(directory.state.iterdir()) == []


def _refuse(source, target):
    raise PermissionError(13, "refused", str(target))


def test_what_a_killed_command_left_is_in_nobodys_way(directory):
    left = directory.state / f".new-{os.getpid()}-0"
    left.write_bytes(b"left")
    directory.replace("patches/a/1.patch", b"1")
    assert left.read_bytes() == b"left"
    assert directory.files() == {"patches/a/1.patch": b"1"}
    with directory.exclusive():
        assert not left.exists()
