"""Objects, refs and locks of the store that are damaged: named, never taken for something else;
`doctor` tells, and a store that was moved away is built again."""

from __future__ import annotations

import os
import subprocess
import time

import pytest
from robust_world import error_of, orderly, state

from stacker.errors import DAMAGED


def store_of(world):
    return world.home / ".stacker" / "store.git"


def flip(path):
    """Turn a byte in the middle of a file over."""
    path.chmod(0o644)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)


def unpack(world):
    """Give every object of the store a file of its own."""
    packs = store_of(world) / "objects" / "pack"
    aside = packs.rename(world.home.parent / "packs")
    packs.mkdir()
    for pack in aside.glob("*.pack"):
        with pack.open("rb") as content:
            subprocess.run(
                ["git", "unpack-objects", "-q"], cwd=store_of(world), stdin=content, check=True
            )


def problem_of(world):
    """What `doctor` finds at the store."""
    found = world.stacker("doctor", code=1)["checks"]
    [one] = [f for f in found if f["state"] == "problem"]
    assert one["name"] == "store"
    return one


def rebuild(world, oid):
    """Do as `doctor` says, and the series is there again, as it was."""
    files = world.files()
    found = problem_of(world)
    assert oid in found["message"]
    assert "store.git away" in found["hint"]
    store_of(world).rename(world.home.parent / "old.git")
    world.stacker("rebase", "--no-fetch", "--onto", world.upstream["start"])
    assert world.files() == files
    assert world.stacker("rebase")["version"] == 2


NEEDED = {
    "a blob of the base": "start:a.c",
    "the tree of the base": "start^{tree}",
    "the base": "start^{commit}",
}


@pytest.mark.parametrize("name", NEEDED)
def test_an_object_of_the_base(world, name):
    oid = world.upstream.git("rev-parse", NEEDED[name])
    unpack(world)
    flip(store_of(world) / "objects" / oid[:2] / oid[2:])
    before = world.files()
    error = orderly(world.stacker("rebase", code=1))
    assert oid in error["message"]
    assert error["hint"] == DAMAGED
    assert world.files() == before
    rebuild(world, oid)


@pytest.mark.parametrize("rev", ["", "^{tree}", ":series.lock"])
def test_an_object_of_the_newest_version(world, rev):
    oid = world.git("rev-parse", f"refs/stacker/head{rev}")
    unpack(world)
    flip(store_of(world) / "objects" / oid[:2] / oid[2:])
    before = world.files()
    ran = world.run("--json", "rebase", cwd=world.home)
    if ran.code != 0:  # the lock is on disk as well, and need not be read
        assert orderly(ran.document)["hint"] == DAMAGED
        assert world.files() == before
        rebuild(world, oid)


def test_a_pack_of_ours(world):
    world.git("repack", "-a", "-d", "-q")
    [pack] = (store_of(world) / "objects" / "pack").glob("*.pack")
    pack.chmod(0o644)
    content = pack.read_bytes()
    # Everything behind the head is damaged, and what is needed with it.
    pack.write_bytes(content[:20] + bytes(byte ^ 0xFF for byte in content[20:]))
    before = world.files()
    assert orderly(world.stacker("rebase", code=1))["hint"] == DAMAGED
    assert world.files() == before
    problem_of(world)


def test_an_index_of_a_pack(world):
    world.git("repack", "-a", "-d", "-q")
    [index] = (store_of(world) / "objects" / "pack").glob("*.idx")
    flip(index)
    before = world.files()
    orderly(world.stacker("rebase", code=1))
    assert world.files() == before
    problem_of(world)


@pytest.mark.parametrize("content", ["", "1" * 40 + "\n"])
def test_a_head_that_names_nothing(world, content):
    (store_of(world) / "refs" / "stacker" / "head").write_text(content, encoding="ascii")
    before = world.files()
    error = orderly(world.stacker("rebase", code=1))
    assert "moved meanwhile" not in error["message"]
    assert world.files() == before
    problem_of(world)


def test_what_was_written_last_is_not_known(world):
    (world.home / ".stacker" / "written").write_bytes(b"\xff\xfe")
    assert world.stacker("rebase")["version"] == 2


def test_a_lock_that_a_killed_git_left_is_taken_away_once_it_is_old(world):
    lock = store_of(world) / "refs" / "stacker" / "head.lock"
    lock.write_bytes(b"")
    error = error_of(world, "rebase")
    assert "head.lock" in error["message"]
    assert "again" in error["hint"]
    long_ago = time.time() - 60
    os.utime(lock, (long_ago, long_ago))
    (store_of(world) / "packed-refs.lock").write_bytes(b"")
    os.utime(store_of(world) / "packed-refs.lock", (long_ago, long_ago))
    assert world.stacker("rebase")["version"] == 2
    assert not list(store_of(world).rglob("*.lock"))


def test_what_a_killed_git_was_writing_goes_when_it_is_old(world):
    packs = store_of(world) / "objects" / "pack"
    old, young = packs / "tmp_pack_1", packs / "tmp_pack_2"
    for file in (old, young):
        file.write_bytes(b"PACK")
    long_ago = time.time() - 86_400
    os.utime(old, (long_ago, long_ago))
    world.stacker("rebase")
    assert not old.exists()
    assert young.exists()


def test_the_store_is_gone(world):
    before = state(world)[0]
    store_of(world).rename(world.home.parent / "old.git")
    world.stacker("rebase", "--no-fetch", "--onto", world.upstream["start"])
    assert world.files() == before
