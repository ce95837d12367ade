"""Bundles: git takes them, and their bytes follow from the commits alone."""

from __future__ import annotations

import subprocess

import history
import pytest

from stacker.errors import GitError
from stacker.git.bundle import Bundle, bundled, verify
from stacker.git.process import Git
from stacker.git.store import ObjectStore


@pytest.fixture
def drawn(tmp_path):
    text = "".join(f"line {n}\n" for n in range(400))
    return history.draw(tmp_path / "r.git", {
        "master": [("start", {"a": text, "b": b"\0\1"})],
        "port": ["start", ("one", {"a": text + "one\n"}), ("two", {"a": text + "two\n", "b": b""})],
    })  # fmt: skip


def test_git_takes_it_where_its_base_is(drawn, tmp_path):
    what = Bundle("refs/heads/s/port", drawn["two"], drawn["start"])
    with ObjectStore(Git(drawn.path)) as store:
        raw = bundled(store, what)
        assert raw.startswith(what.head)
        file = tmp_path / "x.bundle"
        file.write_bytes(raw)
        verify(store, file)
        file.write_bytes(raw.replace(drawn["start"].encode(), b"1" * 40))
        with pytest.raises(GitError, match="prerequisite"):
            verify(store, file)
        file.write_bytes(raw)
    clone = tmp_path / "clone"
    run(tmp_path, "clone", "-q", "--single-branch", str(drawn.path), str(clone))
    run(clone, "fetch", "-q", str(file), "s/port:got")
    assert run(clone, "rev-parse", "got") == drawn["two"]
    run(clone, "fsck", "--strict")


def test_the_same_commits_make_the_same_bytes_however_they_are_kept(drawn):
    what = Bundle("refs/heads/s/port", drawn["two"], drawn["start"])
    made = []
    for args in (
        ["config", "pack.threads", "4"],
        ["repack", "-adfq", "--depth=50"],
        ["gc", "-q", "--aggressive"],
    ):
        run(drawn.path, *args)
        with ObjectStore(Git(drawn.path)) as store:
            made.append(bundled(store, what))
    assert made == [made[0]] * 3


def test_ids_of_sha256(tmp_path):
    repository = history.Repository(tmp_path)
    repository.git("init", "-q", "--bare", "--object-format=sha256", "-b", "master", ".")
    repository.add("master", ("start", {"a": "a\n"}), ("next", {"a": "b\n"}))
    what = Bundle("refs/heads/s/x", repository["next"], repository["start"])
    with ObjectStore(Git(tmp_path)) as store:
        (tmp_path / "x.bundle").write_bytes(bundled(store, what))
        verify(store, tmp_path / "x.bundle")


def run(where, *args):
    done = subprocess.run(["git", *args], cwd=where, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode().strip()
