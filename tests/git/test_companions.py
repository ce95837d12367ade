"""What a store keeps while it is open: git's processes are started once, objects read once."""

from __future__ import annotations

import subprocess
from collections import Counter

import pytest

from stacker.errors import GitError
from stacker.git.beside import beside
from stacker.git.changes import changes_of
from stacker.git.merge import Merged
from stacker.git.objects import Entry, Oid
from stacker.git.pick import Pick, Picked, Stopped
from stacker.git.process import Git
from stacker.git.quarantine import Quarantine, attributes_of, merge_trees
from stacker.git.replay.engine import replay
from stacker.git.store import ObjectStore
from stacker.series.patches.diffs import diffs_between

LINES = "".join(f"line {n}\n" for n in range(20))


def edited(number):
    return LINES.replace(f"line {number}\n", f"LINE {number}\n")


@pytest.fixture
def drawn(tmp_path, history):
    return history.draw(tmp_path / "up.git", {
        "master": [("start", {"a": LINES, ".gitattributes": "a text\n"}),
                   ("drift", {"a": edited(1)})],
        "mine": ["start", ("one", {"a": edited(10)}), ("two", {"b": "b\n"})],
        "other": ["start", ("clash", {"a": edited(1).replace("LINE", "Line")})],
    })  # fmt: skip


@pytest.fixture
def started(monkeypatch):
    """How often each of git's commands was started."""
    count = Counter()
    popen = subprocess.Popen

    def counted(argv, *rest, **more):
        count[argv[1]] += 1
        return popen(argv, *rest, **more)

    monkeypatch.setattr(subprocess, "Popen", counted)
    return count


def picks(drawn, onto="drift"):
    return [Pick(Oid(drawn["one"]), Oid(drawn[onto])), Pick(Oid(drawn["two"]), 0)]


def test_what_is_replayed_again_and_elsewhere_starts_nothing_anew(drawn, started):
    with ObjectStore(Git(drawn.path)) as store:
        first = replay(store, picks(drawn))
        once = dict(started)
        assert {once[name] for name in ("merge-tree", "diff-tree")} == {1}
        assert replay(store, picks(drawn)) == first
        clash = replay(store, [Pick(Oid(drawn["clash"]), Oid(drawn["drift"]))])
        assert isinstance(replay(store, picks(drawn, "start"))[-1], Picked)
        assert isinstance(clash[0], Stopped)
        assert started["merge-tree"] == 1
        assert started["diff-tree"] == 2  # `clash` was new
        assert started["ls-tree"] == 1
        above = beside(store)
        assert replay(above, picks(drawn)) == first
        assert (started["diff-tree"], started["ls-tree"]) == (2, 1)  # that holds there too


def test_what_is_known_is_what_git_says(drawn):
    with ObjectStore(Git(drawn.path)) as store, ObjectStore(Git(drawn.path)) as fresh:
        asked = [Oid(drawn[name]) for name in ("one", "two", "one")]
        for some in (asked[:1], asked, asked[1:]):
            assert changes_of(store, some) == changes_of(fresh, some)
            fresh.facts.__init__()
        tree, later = (store.commit(Oid(drawn[name])).tree for name in ("start", "drift"))
        pairs = [(tree, later), (later, tree), (tree, tree), (tree, later)]
        one, other, none, again = diffs_between(store, pairs)
        assert (one, none) == (again, b"")
        assert b"+LINE 1\n" in one
        assert b"-LINE 1\n" in other
        assert diffs_between(store, pairs[::-1]) == [one, none, other, one]
        assert (
            attributes_of(store, tree)
            == attributes_of(store, tree)
            == {b".gitattributes": next(e.oid for e in store.tree(tree) if e.name[:1] == b".")}
        )


def test_after_git_broke_down_the_next_answer_is_its_own(drawn):
    """Nobody takes the answers that were left for those to later questions."""
    with ObjectStore(Git(drawn.path)) as store:
        start, drift, one = (
            store.commit(Oid(drawn[name])).tree for name in ("start", "drift", "one")
        )
        good = merge_trees(store, start, drift, one)
        assert isinstance(good, Merged)
        quarantine, rules = store.companion(Quarantine), attributes_of(store, drift)
        lost = store.write_tree({b"a": Entry("100644", Oid("1" * 40), b"")})
        for _ in range(2):
            with pytest.raises(GitError, match="merge-tree"):
                quarantine.merge([(start, lost, one), (start, one, start)] * 20, rules)
            answers = quarantine.merge([(start, drift, start), (start, drift, one)] * 20, rules)
            assert answers == [Merged(drift), good] * 20


def test_what_was_kept_goes_with_the_store_and_comes_again(drawn):
    with ObjectStore(Git(drawn.path)) as store:
        first = replay(store, picks(drawn))
        before = store.companion(Quarantine)
        folder = before._folder
        assert folder.exists()
        store.close()
        assert not folder.exists()
        assert store.companion(Quarantine) is not before
        assert replay(store, picks(drawn)) == first


def test_what_a_bulk_holds_is_seen(drawn):
    with ObjectStore(Git(drawn.path)) as store:
        quarantine = store.companion(Quarantine)
        with store.bulk():
            oid = store.write("blob", b"new\n")
            assert quarantine.reader.find(oid) is None
            assert store.companion(Quarantine).reader.find(oid) == ("blob", oid, b"new\n")
