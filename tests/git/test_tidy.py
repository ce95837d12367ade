"""Many packs become few, and no object is lost by it."""

from __future__ import annotations

import pytest

from stacker.git import tidy as tidying
from stacker.git.objects import Commit, Entry, Signature
from stacker.git.process import Git
from stacker.git.store import ObjectStore
from stacker.git.tidy import tidy


@pytest.fixture(params=["sha1", "sha256"])
def store(tmp_path, request):
    git = Git(tmp_path)
    git.run("init", "-q", "--bare", f"--object-format={request.param}", ".")
    with ObjectStore(git) as opened:
        yield opened


def packs(store):
    return list((store.objects / "pack").glob("*.pack"))


def fill(store, count):
    """That many packs of a commit each; the refs reach every third only, and some is loose."""
    found = []
    for number in range(count):
        with store.bulk():
            found += commit(store, f"packed {number}")
        if number % 3 == 0:
            store.git.run("update-ref", f"refs/heads/b{number}", found[-1])
        if number % 5 == 0:
            found += commit(store, f"loose {number}")
    return found


def commit(store, text):
    who = Signature(b"a", b"a@example.org", b"1556000000 +0000")
    blob = store.write("blob", text.encode() * 50)
    tree = store.write_tree({b"d/a": Entry("100644", blob, b"")})
    return blob, tree, store.write_commit(Commit(tree, (), who, who, text.encode()))


def test_few_packs_are_left_alone(store):
    fill(store, 3)
    before = packs(store)
    tidy(store)
    assert packs(store) == before


def test_many_become_few_and_everything_stays(store):
    oids = fill(store, 60)
    contents = store.find_many(oids)
    tidy(store)
    assert len(packs(store)) < 10
    assert store.find_many(oids) == contents
    assert None not in contents
    store.git.run("fsck", "--strict", "--no-dangling")
    tidy(store)
    assert store.find_many(oids) == contents


def test_a_large_pack_of_upstream_is_not_written_again(store):
    with store.bulk():
        for number in range(500):
            store.write("blob", b"upstream %d" % number)
    [large] = packs(store)
    before = large.stat()
    fill(store, 60)
    tidy(store)
    assert len(packs(store)) < 10
    assert (large.stat().st_mtime_ns, large.stat().st_ino) == (before.st_mtime_ns, before.st_ino)


def test_a_failure_is_no_error(store, monkeypatch):
    oids = fill(store, 4)
    monkeypatch.setattr(tidying, "_MANY", 2)
    [*_, damaged] = packs(store)
    damaged.chmod(0o644)
    damaged.write_bytes(damaged.read_bytes()[:20])
    left = packs(store)
    tidy(store)
    assert set(left) <= set(packs(store))
    assert sum(found is None for found in store.find_many(oids)) <= 6
