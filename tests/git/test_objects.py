"""Commits, trees and blobs as values: what git wrote is read, and written again, byte for byte."""

from __future__ import annotations

import re
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stacker.errors import GitError
from stacker.git.objects import Commit, Entry, Oid, Signature, is_oid
from stacker.git.process import Git
from stacker.git.store import ObjectStore

EMPTY_TREE = {
    "sha1": "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
    "sha256": "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321",
}
SIGNED = b"""\
tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904
author J\xf6rg <j@example.org> 1556200000 +0545
committer C <c@example.org> 1556200001 -0330
encoding ISO-8859-1
gpgsig -----BEGIN PGP SIGNATURE-----
\x20
 iQEz
 -----END PGP SIGNATURE-----
mergetag object 4b825dc642cb6eb9a060e54bf8d69288fbee4904
 type commit

Gr\xfc\xdfe

gpgsig is only a word here
"""


def new_store(folder, object_format="sha1"):
    folder.mkdir(parents=True, exist_ok=True)
    git = Git(folder)
    git.run("init", "-q", "--bare", f"--object-format={object_format}", ".")
    return ObjectStore(git)


@pytest.fixture(params=["sha1", "sha256"])
def store(request, tmp_path):
    with new_store(tmp_path / "store", request.param) as opened:
        opened.format = request.param
        yield opened


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    with new_store(tmp_path_factory.mktemp("shared")) as opened:
        yield opened


def hash_object(git, kind, content):
    return git.run("hash-object", "-t", kind, "--literally", "--stdin", stdin=content).decode()


def test_the_empty_tree_has_gits_id(store):
    assert store.write_tree({}) == EMPTY_TREE[store.format]


def test_git_reads_what_was_written(store):
    blob = store.write("blob", b"a\r\n\0b")
    link = store.write("blob", b"over/there")
    entries = {
        b"run": Entry("100755", blob, b""),
        b"dir/deep/\xff\n": Entry("100644", blob, b""),
        b"dir-a": Entry("100644", blob, b""),
        b"dir.b": Entry("120000", link, b""),
        b"dir0": Entry("160000", Oid("1" * len(blob)), b""),
    }
    tree = store.write_tree(entries)
    author = Signature("Łukasz".encode(), b"l@example.org", b"1556200000 +0200")
    commit = store.write_commit(Commit(tree, (), author, author, b"one\n"))
    store.git.run("update-ref", "refs/heads/x", commit)
    store.git.run("fsck", "--full")
    assert {e.name: (e.mode, e.oid) for e in store.files(tree)} == {
        name: (e.mode, e.oid) for name, e in entries.items()
    }
    listed = store.git.run("ls-tree", "-r", "-z", tree).split(b"\0")[:-1]
    assert [line.partition(b"\t")[2] for line in listed] == [e.name for e in store.files(tree)]


def test_an_object_is_written_once_and_found_by_kind(store):
    blob = store.write("blob", b"x")
    place = store.git.directory / "objects" / blob[:2] / blob[2:]
    before = place.stat().st_mtime_ns
    assert store.write("blob", b"x") == blob
    assert place.stat().st_mtime_ns == before
    assert not [p for p in place.parent.iterdir() if p.name.startswith("tmp_")]
    assert store.find(blob) == ("blob", blob, b"x")
    assert store.find("0" * len(blob)) is None
    assert store.find("two words") is None
    assert store.find("") is None
    assert store.find("a\nb") is None
    with pytest.raises(GitError, match="not a commit"):
        store.commit(blob)
    with pytest.raises(GitError, match="lacks blob"):
        store.blob(Oid("1" * len(blob)))


def test_objects_that_come_in_a_pack_later_are_found(shared, tmp_path, history):
    assert shared.find("refs/heads/master") is None
    other = history.draw(tmp_path / "other", {"master": [("one", {"a": "1\n"})]})
    shared.git.run("-c", "fetch.unpackLimit=1", "fetch", "-q", str(other.path), "master")
    assert shared.commit(Oid(other["one"])).subject == "one"


def test_a_signed_commit_in_another_encoding_is_written_as_it_was(shared):
    commit = Commit.parse(SIGNED)
    assert commit.raw == SIGNED
    assert commit.author == Signature(b"J\xf6rg", b"j@example.org", b"1556200000 +0545")
    assert commit.encoding == b"ISO-8859-1"
    assert len(commit.extra) == 2
    assert shared.write_commit(commit) == hash_object(shared.git, "commit", SIGNED).strip()
    assert commit.subject == "Gr\\xfc\\xdfe"
    assert commit.author.seconds == 1556200000
    assert commit.author.text() == "J\\xf6rg <j@example.org>"


def test_moved_leaves_the_signature_and_repeats_the_author():
    moved = Commit.parse(SIGNED).moved(Oid("1" * 40), (Oid("2" * 40),))
    assert moved.extra == ()
    assert moved.committer == moved.author
    assert moved.encoding == b"ISO-8859-1"
    assert moved.message == Commit.parse(SIGNED).message


@pytest.mark.parametrize(
    "line",
    [b" <a@b> 0 +0000", b"A  <a@b> 0 +0000", b"A <> 0 +0000", b"A < a > b > 5 -0000", b"A <a@b> "],
)
def test_odd_author_lines_survive(line):
    raw = b"tree " + b"4" * 40 + b"\nauthor " + line + b"\ncommitter " + line + b"\n\nm"
    assert Commit.parse(raw).raw == raw


def test_a_line_without_a_mail_is_refused():
    with pytest.raises(GitError, match="unreadable author line"):
        Signature.parse(b"nobody 0 +0000")


def test_a_tag_is_peeled_and_a_path_is_found(tmp_path, history):
    made = history.draw(tmp_path / "r", {"master": [("one", {"d/a": "1\n", "b": "2\n"})]})
    made.git("tag", "-m", "t", "v1", "master")
    with ObjectStore(Git(made.path)) as opened:
        assert opened.resolve("v1") == made["one"]
        assert opened.resolve("v2") is None
        assert opened.entry_at("v1", b"d/a").name == b"d/a"
        assert opened.entry_at("v1", b"d").mode == "040000"
        assert opened.entry_at("v1", b"b/a") is None
        assert opened.entry_at("v1", b"nothing") is None
        assert opened.entry_at("v2", b"b") is None
    opened.close()


def test_is_oid():
    assert is_oid("a" * 40)
    assert is_oid("0" * 64)
    assert not any(map(is_oid, ["a" * 39, "A" * 40, "g" * 40, "", "a" * 41]))


# hypothesis ------------------------------------------------------------------------------------

contents = st.binary(max_size=200)
line_bytes = st.binary(max_size=30).map(lambda b: b.translate(None, b"\n\0<>"))
names = st.binary(min_size=1, max_size=12).filter(
    lambda b: not set(b) & set(b"/\0") and b not in (b".", b"..") and b.lower() != b".git"
)


@given(contents)
def test_blob_ids_are_gits(shared, content):
    oid = shared.write("blob", content)
    assert oid == hash_object(shared.git, "blob", content).strip()
    assert shared.blob(oid) == content


@given(st.lists(st.tuples(names, st.sampled_from(["100644", "100755", "120000", "040000"])),
                max_size=6, unique_by=lambda pair: pair[0]))  # fmt: skip
def test_tree_ids_are_gits(shared, listed):
    blob = shared.write("blob", b"x")
    inside = shared.write_tree({b"f": Entry("100644", blob, b"")})
    entries, lines = {}, []
    for name, mode in listed:
        folder = mode == "040000"
        entries[name + b"/f" if folder else name] = Entry("100644" if folder else mode, blob, b"")
        kind, oid = ("tree", inside) if folder else ("blob", blob)
        lines.append(f"{mode} {kind} {oid}\t".encode() + name + b"\0")
    tree = shared.write_tree(entries)
    assert tree == shared.git.run("mktree", "-z", stdin=b"".join(lines)).decode().strip()
    assert {e.name for e in shared.files(tree)} == set(entries)


@given(st.tuples(line_bytes, line_bytes), st.integers(0, 2**33), st.binary(max_size=80),
       st.sampled_from([None, b"latin1"]))  # fmt: skip
def test_commits_are_read_as_they_were_written(shared, person, seconds, message, encoding):
    who = Signature(*person, f"{seconds} +0100".encode())
    commit = Commit(Oid("4" * 40), (Oid("5" * 40),), who, who, message, encoding)
    assert Commit.parse(commit.raw).raw == commit.raw
    oid = shared.write_commit(commit)
    assert oid == hash_object(shared.git, "commit", commit.raw).strip()


@given(st.text(st.characters(exclude_characters="\0\n<>", exclude_categories=["Cs", "Cc"]),
               min_size=1, max_size=12).filter(lambda t: re.search(r"[^\W_]", t, re.ASCII)),
       st.integers(0, 4_000_000_000))  # fmt: skip
def test_ids_are_those_of_git_commit_tree(shared, name, seconds):
    who = Signature(name.encode(), b"a@example.org", f"{seconds} +0200".encode())
    env = {}
    for role in ("AUTHOR", "COMMITTER"):
        env |= {f"GIT_{role}_NAME": name, f"GIT_{role}_EMAIL": "a@example.org",
                f"GIT_{role}_DATE": f"@{seconds} +0200"}  # fmt: skip
    tree = shared.write_tree({})
    theirs = shared.git.run("commit-tree", tree, "-m", "subject", env=env).decode().strip()
    read = shared.commit(Oid(theirs))
    assert read.author.when == who.when
    assert shared.write_commit(Commit(tree, (), read.author, read.committer, b"subject\n")) == (
        theirs
    )


def test_close_ends_the_reader(tmp_path):
    opened = new_store(tmp_path / "s")
    opened.find("HEAD")
    reader = opened._reader._process
    assert isinstance(reader, subprocess.Popen)
    opened.close()
    assert reader.poll() is not None
    assert opened.find("HEAD") is None  # it starts again when asked
    opened.close()
