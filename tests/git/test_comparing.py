"""Patch-ids that keep every space, and range-diffs, as git itself gives them."""

from __future__ import annotations

import pytest

from stacker.git.comparing import range_diff, verbatim_ids
from stacker.git.process import Git
from stacker.git.store import ObjectStore

DIFF = b"diff --git a/a.c b/a.c\n--- a/a.c\n+++ b/a.c\n@@ -1 +1 @@\n-one\n+two\n"


@pytest.fixture
def drawn(tmp_path, history):
    return history.draw(tmp_path / "r", {
        "master": [("start", {"a.c": "one\n"}), ("two", {"a.c": "two\n"})],
        "other": ["start", ("again", {"a.c": "two\n"})],
    })  # fmt: skip


@pytest.fixture
def store(drawn):
    with ObjectStore(Git(drawn.path)) as opened:
        yield opened


def test_line_numbers_and_blobs_do_not_count_but_spaces_do(store):
    moved = DIFF.replace(b"@@ -1 +1 @@", b"@@ -7 +7 @@").replace(b"--- a", b"index 1..2\n--- a")
    spaced = DIFF.replace(b"+two", b"+ two")
    first, second, third = verbatim_ids(store, [DIFF, moved, spaced])
    assert first == second != third
    assert len(first) == 40


def test_what_changes_nothing_has_no_id(store):
    [one, empty, other] = verbatim_ids(store, [DIFF, b"", DIFF])
    assert (one, empty) == (other, None)
    assert one is not None
    assert verbatim_ids(store, []) == []


def test_a_diff_cannot_pass_for_another_one(store):
    evil = DIFF.replace(b"@@ -1 +1 @@\n", b"@@ -1 +1,2 @@\n") + b"+From " + b"0" * 39 + b"2\n"
    assert len({*verbatim_ids(store, [evil, DIFF])} - {None}) == 2


def test_a_range_diff_pairs_commits(store, drawn):
    start = drawn["start"]
    said = range_diff(store, (start, drawn["two"]), (start, drawn["again"])).decode()
    assert said.splitlines()[0].endswith("two")
    assert "! 1:" in said
    assert range_diff(store, (start, start), (start, drawn["two"])) == b""
