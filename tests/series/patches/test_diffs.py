"""Many diffs from one git are what one git a diff says, whatever the files hold."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import settings as given_settings
from hypothesis import strategies as st

from stacker.errors import GitError
from stacker.git.objects import Entry, Oid
from stacker.git.process import Git
from stacker.git.store import ObjectStore
from stacker.series.patches.diffs import diffs_between

ONE, OTHER = b"4b825dc642cb6eb9a060e54bf8d69288fbee4904", b"0" * 40
# What git puts before each diff, what diffs begin with, and what would end a line.
LINES = st.sampled_from([
    ONE + b" " + OTHER, OTHER + b" " + ONE, b"diff --git a/x b/x", b"--- a/x", b"", b"\0", b"\r",
    b"GIT binary patch", b"@@ -1 +1 @@", b"\\ No newline at end of file", b"-- ", b"literal 3",
])  # fmt: skip
CONTENTS = st.lists(LINES, max_size=4).map(b"\n".join)
NAMES = st.sampled_from([b"x", ONE + b" " + OTHER, b"a\n" + ONE + b" " + OTHER, b" ", b'q"uo'])
TREES = st.lists(st.dictionaries(NAMES, CONTENTS, max_size=2), min_size=2, max_size=6)


@pytest.fixture(scope="module", params=["sha1", "sha256"])
def store(tmp_path_factory, request):
    git = Git(tmp_path_factory.mktemp("store"))
    git.run("init", "-q", "--bare", f"--object-format={request.param}", ".")
    with ObjectStore(git) as opened:
        yield opened


def tree(store, files):
    return store.write_tree({
        name: Entry("100644", store.write("blob", content), b"") for name, content in files.items()
    })  # fmt: skip


def one_by_one(store, old, new):
    return store.git.run(
        "diff-tree", "-r", "-p", "--full-index", "--binary", "--find-renames", old, new
    )


@given(TREES)
@given_settings(max_examples=12)
def test_together_as_one_by_one(store, trees):
    oids = [tree(store, files) for files in trees]
    pairs = [*itertools.pairwise(oids), (oids[-1], oids[0]), (oids[0], oids[0])]
    wanted = [one_by_one(store, old, new) for old, new in pairs]
    assert diffs_between(store, pairs) == wanted


def test_files_full_of_what_git_puts_between_diffs(store):
    """The very lines that part the output are the content of the files that are compared."""
    empty = tree(store, {})
    first = tree(store, {b"x": b"1\n"})
    line = f"{empty} {first}\n{first} {empty}\n".encode()
    hostile = tree(store, {b"x": line, b"bin": b"\0" + line, line.strip(): line})
    pairs = [(empty, first), (first, hostile), (hostile, first), (empty, first), (first, empty)]
    found = diffs_between(store, pairs)
    assert found == [one_by_one(store, old, new) for old, new in pairs]
    assert b"+" + line.split(b"\n")[0] in found[1]


def test_one_git_for_all(store, monkeypatch):
    trees = [tree(store, {b"n": b"%d\n" % n}) for n in range(5)]
    started = []
    real = store.git.attempt
    monkeypatch.setattr(
        type(store.git), "attempt", lambda _, *a, **k: started.append(a) or real(*a, **k)
    )
    assert len(diffs_between(store, list(itertools.pairwise(trees)))) == 4
    assert diffs_between(store, [(trees[0], trees[0])]) == [b""]
    assert diffs_between(store, []) == []
    assert len(started) == 1


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_tree_that_is_not_there_is_an_error(store, place):
    there = [tree(store, {b"n": b"%d\n" % n}) for n in range(4)]
    pairs = list(itertools.pairwise(there))
    missing = Oid("12" * (len(there[0]) // 2))
    pairs[place] = (missing, pairs[place][1])
    with pytest.raises(GitError):
        diffs_between(store, pairs)
    pairs[place] = (there[0], missing)
    with pytest.raises(GitError):
        diffs_between(store, pairs)
