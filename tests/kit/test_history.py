"""The repositories that tests draw are what they were told to be."""

from __future__ import annotations

import pytest

DRAWN = {
    "master": [
        ("start", {"a.c": "one\n", "old.c": "old\n", "a name": b"\xff\x00"}),
        ("drift\n\nWith a body.", {"a.c": "two\n", "old.c": None}, "Bo <bo@example.org>"),
    ],
    "port": ["start", ("arm", {"sub/arm.c": "ldr\n"})],
}


def test_branches_hold_their_commits(history, tmp_path):
    made = history.draw(tmp_path / "up", DRAWN)
    assert made.git("symbolic-ref", "HEAD") == "refs/heads/master"
    assert made.git("log", "--format=%s %an", "master") == "drift Bo\nstart Ada Upstream"
    assert made.git("log", "--format=%H", "port").split() == [made["arm"], made["start"]]
    assert made.git("ls-tree", "-r", "--name-only", "port").split("\n") == [
        "a name", "a.c", "old.c", "sub/arm.c",
    ]  # fmt: skip
    assert made.git("ls-tree", "--name-only", "master").split("\n") == ["a name", "a.c"]
    assert made.git("cat-file", "-s", "master:a name") == "2"
    made.git("fsck", "--strict")


def test_a_branch_goes_on_from_its_tip(history, tmp_path):
    made = history.draw(tmp_path / "up", DRAWN)
    tip = made.add("master", ("later", {"a.c": "three\n"}), ("last", {"a.c": "four\n"}))
    assert tip == made["last"]
    assert made.git("rev-parse", "master~2") == made["drift"]


def test_the_same_description_gives_the_same_ids(history, tmp_path):
    one, other = (history.draw(tmp_path / name, DRAWN) for name in ("one", "other"))
    assert one.oids == other.oids


def test_modes_and_any_path(history, tmp_path):
    odd = b'a "b"\n\t\\\xff'
    made = history.draw(tmp_path / "up", {"master": [("start", {
        "run": ("100755", "#!\n"), "link": ("120000", "run"), "sub": ("160000", "1" * 40), odd: "x",
    }), ("less", {odd: None})]})  # fmt: skip
    listed = made.git("ls-tree", "-z", made["start"]).split("\0")
    assert [line.split()[0] for line in listed if line] == ["100644", "120000", "100755", "160000"]
    assert listed[0].partition("\t")[2].encode("utf-8", "surrogateescape") == odd
    assert made.git("ls-tree", "--name-only", "master").split() == ["link", "run", "sub"]
    made.git("fsck")


def test_a_subject_occurs_once(history, tmp_path):
    made = history.draw(tmp_path / "up", DRAWN)
    with pytest.raises(AssertionError, match="start"):
        made.add("master", ("start", {"a.c": "again\n"}))
