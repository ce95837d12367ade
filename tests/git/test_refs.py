"""What is read from a repository's files is what git says; where only git can say, it is asked."""

from __future__ import annotations

import pytest

from stacker.git.refs import listed, named_by_head

ASKED = [
    (), ("refs/heads",), ("refs/heads/a",), ("refs/heads/a/b",), ("refs/heads/later/two",),
    ("refs/hea",), ("refs/tags", "refs/pull"), ("refs/none",), ("refs/heads/../tags",),
]  # fmt: skip


@pytest.fixture
def made(tmp_path, history):
    """Refs in files, refs that are packed, and one that is both."""
    made = history.draw(tmp_path / "bare.git", {"main": [("one", {"a": "1"}), ("two", {"a": "2"})]})
    for name in ("heads/a/b", "heads/a/c.d", "heads/ab", "heads/A", "heads/é", "pull/1/head"):
        made.git("update-ref", f"refs/{name}", made["one"])
    made.git("tag", "-a", "-m", "One", "v1", made["one"])
    made.git("pack-refs", "--all")
    made.git("update-ref", "refs/heads/a/b", made["two"])
    made.git("update-ref", "-d", "refs/heads/ab")
    made.git("update-ref", "refs/heads/later/one", made["two"])
    made.git("update-ref", "refs/heads/later/two", made["two"])
    made.git("update-ref", "-d", "refs/heads/later/two")
    (made.path / "refs" / "heads" / "main.lock").touch()
    return made


def told(made, *prefixes):
    """What git says."""
    out = made.git("for-each-ref", "--format=%(objectname) %(refname)", *prefixes)
    return [tuple(line.split(" ")[::-1]) for line in out.splitlines()]


@pytest.mark.parametrize("prefixes", ASKED)
def test_it_is_what_git_says(made, prefixes):
    assert list(listed(made.path, *prefixes).items()) == told(made, *prefixes)


@pytest.mark.parametrize("damage", [
    lambda heads: (heads / "main").write_text("ref: refs/heads/A\n"),
    lambda heads: (heads / "main").write_text("0" * 40),
    lambda heads: (heads / "main").write_text(""),
    lambda heads: (heads / "b c").write_text("1" * 40 + "\n"),
    lambda heads: (heads / "b..c").write_text("1" * 40 + "\n"),
    lambda heads: (heads / "b.").mkdir(),
    lambda heads: (heads / "alias").symlink_to("main"),
    lambda heads: (heads.parents[1] / "packed-refs").write_text("no id refs/heads/x\n"),
    lambda heads: (heads.parents[1] / "reftable").mkdir(),
    lambda heads: heads.rename(heads.with_name("elsewhere")) and heads.write_bytes(b"\0"),
])  # fmt: skip
def test_what_only_git_can_say_is_not_guessed(made, damage):
    damage(made.path / "refs" / "heads")
    assert listed(made.path, "refs/heads") is None


def test_no_repository_has_no_answer(tmp_path):
    assert listed(tmp_path / "none") is None
    assert named_by_head(tmp_path / "none") is None


@pytest.mark.parametrize("name", ["main", "not/yet", "a.b-c"])
def test_the_branch_of_head(made, name):
    made.git("symbolic-ref", "HEAD", f"refs/heads/{name}")
    assert named_by_head(made.path) == made.git("symbolic-ref", "HEAD")


def test_a_head_that_names_no_branch_is_gits(made):
    made.git("update-ref", "--no-deref", "HEAD", made["one"])
    assert named_by_head(made.path) is None
