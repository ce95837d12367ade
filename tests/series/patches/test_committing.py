"""Patch files become commits, each on the one before."""

from __future__ import annotations

import pytest
from mail_lab import AUTHOR, Lab

from stacker.errors import PatchError
from stacker.series.patches.committing import commits_of
from stacker.series.patches.patchfile import Patch, serialise


@pytest.fixture
def lab(tmp_path):
    made = Lab(tmp_path)
    yield made
    made.store.close()


def test_each_stands_on_the_one_before(lab):
    first = lab.file(lab.commit(b"first\n"))
    second = serialise(Patch(AUTHOR, b"second\n", None, b""))
    oids = commits_of(lab.store, [("a", first), ("b", second)], lab.base)
    commits = [lab.store.commit(oid) for oid in oids]
    assert [c.parents for c in commits] == [(lab.base,), (oids[0],)]
    assert commits[0].tree == commits[1].tree
    assert {c.committer for c in commits} == {AUTHOR}
    assert commits_of(lab.store, [], lab.base) == []


def test_the_patch_that_is_wrong_is_named_and_nothing_is_stored(lab):
    first = lab.file(lab.commit(b"first\n"))
    with pytest.raises(PatchError, match=r"^second "):
        commits_of(lab.store, [("first", first), ("second", first)], lab.base)
    assert not list((lab.folder / ".git/objects/pack").iterdir())
