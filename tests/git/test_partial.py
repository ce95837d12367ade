"""Stores whose files are promised: nothing is fetched by looking, all that lacks comes at once."""

from __future__ import annotations

import pytest

from stacker.git import arriving, partial, transfer
from stacker.git.arriving import Origin
from stacker.git.beside import beside
from stacker.git.process import Git
from stacker.git.store import ObjectStore
from stacker.rehearsal.copying import bare_over

FILES = {f"{n}.c": f"file {n}\n" for n in range(12)}


@pytest.fixture
def upstream(tmp_path, history):
    made = history.draw(tmp_path / "upstream", {
        "master": [("start", FILES | {"a.c": "a\n"}), ("drift", {"a.c": "b\n", "0.c": None}),
                   ("more", {"a.c": "c\n"})],
    })  # fmt: skip
    made.git("config", "uploadpack.allowFilter", "true")
    return made


@pytest.fixture
def origin(upstream):
    return Origin(upstream.path.as_uri(), None)


@pytest.fixture
def store(tmp_path, origin):
    git = Git(tmp_path)
    git.run("init", "-q", "--bare", "store.git")
    git = Git(tmp_path / "store.git")
    transfer.fetch_without_files(git, origin.url, ["master:refs/heads/master"])
    with ObjectStore(git) as store:
        yield store


def packs(store):
    return sum(1 for _ in (store.objects / "pack").glob("*.pack"))


def blob(upstream, commit, path):
    return upstream.git("rev-parse", f"{upstream[commit]}:{path}")


def test_whether_a_server_can_leave_out_files(upstream, store, origin):
    assert partial.is_offered(store.git, origin.url)
    upstream.git("config", "uploadpack.allowFilter", "false")
    assert not partial.is_offered(store.git, origin.url)
    assert not partial.is_offered(store.git, origin.url + "-not-there")


def test_looking_brings_nothing_and_reading_does(upstream, store):
    """Nor does it ask upstream about what nobody has."""
    assert partial.is_partial(store.git)
    before = packs(store)
    wanted = blob(upstream, "more", "a.c")
    assert store.find(wanted) is None
    assert store.find("f" * 40) is None
    assert store.find_many([upstream["more"], wanted, upstream["more"] + "^{tree}"])[1] is None
    assert packs(store) == before
    assert store.blob(wanted) == b"c\n"
    assert packs(store) == before + 1
    upstream.path.rename(upstream.path.with_name("gone"))
    assert store.find(wanted)[2] == b"c\n"
    assert beside(store).find("f" * 40) is None


def test_what_is_worked_on_comes_at_once(upstream, store, origin):
    said = []
    base, tip = upstream["start"], upstream["more"]
    assert len(partial.lacking(store.git, base, tip)) == 15
    before = packs(store)
    arriving.complete(store, origin, base, tip, say=said.append)
    assert said == [f"15 files of {tip[:10]} are fetched."]
    assert packs(store) == before + 1
    upstream.path.rename(upstream.path.with_name("gone"))
    for commit, path, content in (
        ("start", "a.c", b"a\n"), ("drift", "a.c", b"b\n"), ("start", "0.c", b"file 0\n"),
    ):  # fmt: skip
        entry = store.entry_at(upstream[commit], path.encode())
        assert store.find(entry.oid)[2] == content
    arriving.complete(store, origin, base, tip, say=said.append)
    assert len(said) == 1


def test_what_is_fetched_later_is_whole(upstream, store, origin):
    upstream.add("master", ("later", {"new.c": "new\n"}))
    transfer.fetch(store.git, origin.url, ["master:refs/heads/master"])
    assert store.find(blob(upstream, "later", "new.c"))[2] == b"new\n"
    store.git.run("fsck", "--connectivity-only")


def test_what_kind_objects_are_is_told_of_those_that_are_here(upstream, store):
    wanted = blob(upstream, "more", "a.c")
    tip, tree = upstream["more"], upstream.git("rev-parse", "master^{tree}")
    before = packs(store)
    assert store.kinds([tip, wanted, tree, "f" * 40]) == {tip: "commit", tree: "tree"}
    assert packs(store) == before


def test_a_repository_on_top_has_the_promises(tmp_path, upstream, store, origin):
    above = bare_over(tmp_path / "above.git", store, "master")
    assert partial.is_partial(above)
    assert above.run("cat-file", "blob", blob(upstream, "more", "a.c")) == b"c\n"
