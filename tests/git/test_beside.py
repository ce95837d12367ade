"""A store on top of another one: reads all of it, writes nothing to it, and is gone at the end."""

from __future__ import annotations

import pytest

from stacker.git.beside import beside
from stacker.git.process import Git
from stacker.git.store import ObjectStore


@pytest.fixture(params=["sha1", "sha256"])
def store(tmp_path, request):
    folder = tmp_path / "store.git"
    folder.mkdir()
    Git(folder).run("init", "-q", "--bare", f"--object-format={request.param}", ".")
    with ObjectStore(Git(folder)) as store:
        yield store


def files(store):
    return sorted(store.git.directory.rglob("*"))


def test_what_is_written_on_top_is_nowhere_below(store):
    old = store.write("blob", b"old\n")
    before = files(store)
    above = beside(store)
    assert above.algorithm == store.algorithm
    assert above.blob(old) == b"old\n"
    new = above.write("blob", b"new\n")
    with above.bulk():
        packed = above.write("blob", b"packed\n")
    assert above.git.run("cat-file", "blob", packed) == b"packed\n"
    folder = above.git.directory
    third = beside(above)
    assert third.blob(old) + third.blob(new) == b"old\nnew\n"
    assert store.find(new) is None
    assert files(store) == before
    assert beside(store) is above  # until the store is closed
    store.close()
    assert not folder.exists()
    assert not third.git.directory.exists()
    assert beside(store).find(new) is None


def test_where_history_ends_is_known_beside_too(store):
    """Also where a fetch, while the store is open, makes it end elsewhere."""
    shallow = store.git.directory / "shallow"
    folder = beside(store).git.directory
    assert not (folder / "shallow").exists()
    shallow.write_text("0" * 40 + "\n", encoding="ascii")
    beside(store)
    assert (folder / "shallow").read_bytes() == shallow.read_bytes()
    shallow.unlink()
    beside(store)
    assert not (folder / "shallow").exists()
