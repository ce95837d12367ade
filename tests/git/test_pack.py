"""A pack that we write is one that git reads: every object, whole, and nothing else."""

from __future__ import annotations

import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stacker.git.pack import Pack
from stacker.git.process import Git
from stacker.git.store import ObjectStore


@pytest.fixture(params=["sha1", "sha256"])
def store(tmp_path, request):
    subprocess.run(
        ["git", "init", "-q", "--bare", f"--object-format={request.param}", tmp_path / "s.git"],
        check=True,
    )
    with ObjectStore(Git(tmp_path / "s.git")) as made:
        yield made


edits = st.lists(
    st.tuples(st.integers(0, 400), st.integers(0, 40), st.binary(max_size=300)), max_size=60
)


@settings(max_examples=20, deadline=None)
@given(first=st.binary(max_size=400), edits=edits)
def test_git_reads_a_line_of_versions_back(tmp_path_factory, first, edits):
    folder = tmp_path_factory.mktemp("pack")
    subprocess.run(["git", "init", "-q", "--bare", folder], check=True)
    pack, here = Pack("sha1"), first
    wanted = {pack.add("blob", here): here}
    last = next(iter(wanted))
    for start, gone, new in edits:
        after = here[:start] + new + here[start + gone :]
        last, here = pack.add("blob", after, like=(last, here)), after
        wanted[last] = here
    _assert_git_reads(folder, pack, wanted)


@settings(max_examples=20, deadline=None)
@given(
    st.binary(min_size=1, max_size=3000),
    st.lists(st.sets(st.integers(0, 2999), max_size=5), max_size=20),
)
def test_git_reads_versions_of_one_length_back(tmp_path_factory, first, edits):
    folder = tmp_path_factory.mktemp("pack")
    subprocess.run(["git", "init", "-q", "--bare", folder], check=True)
    pack, here = Pack("sha1"), bytearray(first)
    wanted = {pack.add("blob", first): first}
    last = next(iter(wanted))
    for places in edits:
        before = bytes(here)
        for place in places:
            here[place % len(here)] ^= 0xFF
        last = pack.add("blob", bytes(here), like=(last, before))
        wanted[last] = bytes(here)
    _assert_git_reads(folder, pack, wanted)


def _assert_git_reads(folder, pack, wanted):
    pack.write(folder / "objects")
    with ObjectStore(Git(folder)) as store:
        assert {oid: store.blob(oid) for oid in wanted} == wanted
        store.git.run("fsck", "--strict", "--no-dangling")


def test_big_like_objects_take_little_room(store):
    lines = [b"%040d\n" % n for n in range(5000)]
    with store.bulk():
        here = b"".join(lines)
        last = store.write("blob", here)
        for n in range(200):
            lines[n * 17] = b"changed %d\n" % n
            after = b"".join(lines)
            last, here = store.write("blob", after, like=(last, here)), after
    assert store.blob(last) == here
    (pack,) = (store.objects / "pack").glob("*.pack")
    assert pack.stat().st_size < 5 * len(here)
    assert store.git.run("verify-pack", str(pack.with_suffix(".idx"))) == b""


def test_a_bulk_is_one_pack_and_can_be_read_while_it_grows(store):
    with store.bulk():
        blob = store.write("blob", b"one\n")
        tree = store.write_tree({})
        assert not list((store.objects / "pack").glob("*.pack"))
        assert store.blob(blob) == b"one\n"
        store.write("blob", b"two\n")
        with store.bulk():  # a part of the one around it
            store.write("blob", b"three\n")
    assert store.find(tree) is not None
    assert len(list((store.objects / "pack").glob("*.idx"))) == 2
    assert not list(store.objects.glob("??/*"))


def test_git_sees_what_a_bulk_holds(store):
    with store.bulk():
        blob = store.write("blob", b"one\n")
        assert store.git.run("cat-file", "blob", blob) == b"one\n"


def test_after_an_error_a_bulk_left_nothing(store):
    def fail():
        with store.bulk():
            store.write("blob", b"one\n")
            raise ValueError("stop")

    with pytest.raises(ValueError, match="stop"):
        fail()
    assert not list(store.objects.glob("*/*"))


def test_many_names_are_asked_at_once(store):
    oids = [store.write("blob", b"%d\n" % n) for n in range(150)]
    found = store.find_many([*oids, "no-such-name", "", "two\nlines", oids[0]])
    assert [one and one[2] for one in found] == [
        *(b"%d\n" % n for n in range(150)), None, None, None, b"0\n",
    ]  # fmt: skip
