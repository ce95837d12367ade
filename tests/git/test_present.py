"""Which objects are there is read from packs and folders, as git has them, without git."""

from __future__ import annotations

import pytest

from stacker.git.beside import beside
from stacker.git.objects import Oid
from stacker.git.present import Present
from stacker.git.process import Git
from stacker.git.store import ObjectStore


@pytest.fixture(params=["sha1", "sha256"])
def store(tmp_path, request):
    folder = tmp_path / "store.git"
    folder.mkdir()
    Git(folder).run("init", "-q", "--bare", f"--object-format={request.param}", ".")
    with ObjectStore(Git(folder)) as store:
        yield store


def packed(store, count, word):
    with store.bulk():
        return [store.write("blob", f"{word} {n}\n".encode()) for n in range(count)]


def changed(oid):
    """Another id, beside it in every order."""
    return Oid(oid[:-1] + ("0" if oid[-1] != "0" else "1"))


def test_packs_loose_files_and_what_comes_later(store):
    there = [*packed(store, 300, "one"), *packed(store, 7, "two"), store.write("blob", b"loose\n")]
    present = Present(store.objects)
    assert all(map(present.has, there))
    assert not any(present.has(changed(oid)) for oid in there)
    later = packed(store, 3, "later")
    assert all(map(present.has, later))
    ends = [Oid(digit * len(there[0])) for digit in "0f"]
    assert not any(map(present.has, ends))
    present.close()
    assert all(map(present.has, [*there, *later]))
    present.close()


def test_what_lies_below_is_there_too(store):
    there = [*packed(store, 5, "below"), store.write("blob", b"loose\n")]
    above = beside(store)
    own = above.write("blob", b"above\n")
    present = Present(above.objects)
    assert all(map(present.has, [*there, own]))
    present.close()
    present = Present(store.objects)
    assert not present.has(own)
    present.close()
