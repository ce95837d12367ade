"""The commits of stages are those that git finds, read together."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import settings as given_settings
from hypothesis import strategies as st

from stacker.errors import GitError, SeriesError
from stacker.git.objects import Commit, Oid, Signature
from stacker.git.process import Git
from stacker.git.store import ObjectStore
from stacker.series.lock import StageLock
from stacker.series.plan.model import StageId
from stacker.series.walking import walk_back

LENGTH = 150


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    git = Git(tmp_path_factory.mktemp("store"))
    git.run("init", "-q", "--bare", ".")
    with ObjectStore(git) as opened:
        yield opened


@pytest.fixture(scope="module")
def line(store):
    """A long line of commits, oldest first; every tenth is a merge of one that nobody asks for."""
    with store.bulk():
        tree = store.write_tree({})
        made, beside = [], commit(store, tree, "beside")
        for number in range(LENGTH):
            parents = made[-1:] + ([beside] if number % 10 == 9 else [])
            made.append(commit(store, tree, str(number), *parents))
    return made


def commit(store, tree, text, *parents):
    who = Signature(b"a", b"a@example.org", b"1556000000 +0000")
    return store.write_commit(Commit(tree, parents, who, who, text.encode()))


def stage(name, tip, count):
    trees = (Oid("0" * 40),) * count
    return StageLock(stage=StageId(name), repository="r", needs=(), commit=tip, trees=trees)


@given(st.lists(st.tuples(st.integers(0, LENGTH - 1), st.integers(0, LENGTH)), max_size=5))
@given_settings(max_examples=25)
def test_every_stage_has_its_commits_and_what_they_stand_on(store, line, drawn):
    drawn = [(tip, min(count, tip)) for tip, count in drawn]
    lines = [stage(f"s{n}", line[tip], count) for n, (tip, count) in enumerate(drawn)]
    found = walk_back(store, lines)
    assert found == {
        f"s{n}": line[tip - count : tip + 1][::-1] for n, (tip, count) in enumerate(drawn)
    }


def test_many_stages_are_few_questions(store, line, monkeypatch):
    asked, real = [], store.find_many
    monkeypatch.setattr(store, "find_many", lambda revs: asked.append(len(revs)) or real(revs))
    walk_back(store, [stage(f"s{n}", line[n + 1], 1) for n in range(100)])
    walk_back(store, [stage("all", line[-1], LENGTH - 1)])
    assert asked[0] == 100
    assert len(asked) == 1 + 3
    store.commits(line[1:])
    assert asked[4:] == [0]  # all were remembered


def test_a_tip_that_is_not_there_is_left_out(store, line):
    lines = [stage("gone", Oid("12" * 20), 3), stage("none", Oid("34" * 20), 0),
             stage("here", line[5], 2)]  # fmt: skip
    assert set(walk_back(store, lines)) == {"here"}


def test_a_gap_and_an_end_below_a_tip_are_errors(store, line):
    tree = store.write_tree({})
    torn = commit(store, tree, "torn", Oid("12" * 20))
    with pytest.raises(GitError, match="lacks commit 1212"):
        walk_back(store, [stage("torn", torn, 2)])
    with pytest.raises(SeriesError, match="more patches than"):
        walk_back(store, [stage("short", line[3], 5)])
