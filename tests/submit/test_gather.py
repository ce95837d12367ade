"""What a fresh clone of a series finds, and whose pull requests are ours."""

from __future__ import annotations

import shutil

import pytest
from submit_world import UPSTREAM, git


@pytest.fixture
def fresh(sent):
    """The submitted series on another machine: only what is committed came along."""
    shutil.rmtree(sent.folder / ".stacker")
    return sent


def test_a_fresh_clone_finds_everything_as_it_is(fresh):
    assert fresh.submit()["actions"] == []
    assert fresh.door.writes == []


def test_a_fresh_clone_goes_on(fresh):
    fresh.edit_patch("a", b"@@ -0,0 +1 @@\n+", b"@@ -0,0 +1 @@\n+more ")
    fresh.submit()
    fresh.reviewable()
    assert len(fresh.pulls()) == 3


def test_a_fresh_clone_sees_foreign_commits(fresh):
    fresh.drift("drift")
    fresh.edit_patch("a", b"@@ -0,0 +1 @@\n+", b"@@ -0,0 +1 @@\n+more ")
    fresh.submit()
    shutil.rmtree(fresh.folder / ".stacker")
    fresh.push_foreign("s/b")
    before = fresh.branches()
    ran = fresh.run("submit")
    assert ran.code == 5
    assert fresh.branches() == before


def test_a_published_head_that_cannot_be_made_again_is_said(sent):
    sent.edit_patch("c", b"@@ -0,0 +1 @@\n+", b"@@ -0,0 +1 @@\n+more ")
    sent.submit()
    shutil.rmtree(sent.folder / ".stacker")
    git(sent.fork, "update-ref", "refs/heads/s/c", sent.upstream["start"])
    ran = sent.run("submit")
    assert ran.code == 1
    assert "s/c" in ran.document["error"]["message"]
    assert ran.document["error"]["hint"]
    assert sent.run("submit", "b").document["actions"] == []


def test_a_branch_that_was_deleted_comes_back(sent):
    git(sent.fork, "update-ref", "-d", "refs/heads/s/b")
    before = sent.lock
    sent.submit()
    assert sent.lock == before
    assert set(sent.branches()) == {"s/a", "s/b", "s/c"}


def test_a_lock_without_numbers_finds_the_pull_requests(sent):
    path = sent.folder / "series.lock"
    text = path.read_text(encoding="utf-8")
    for number in (1, 2, 3):
        text = text.replace(f", pull = {number}", "")
    path.write_text(text, encoding="utf-8", newline="\n")
    said = sent.submit()
    assert said["actions"] == []
    assert [p["number"] for p in said["pulls"]] == [1, 2, 3]
    assert [line.pull for line in sent.lock.stages] == [1, 2, 3]


def test_a_number_that_is_somebody_elses_here_is_not_touched(world):
    world.upstream.add("theirs", ("T", {"theirs.txt": "x\n"}), start="start")
    other = {"title": "Theirs", "head": "theirs", "base": "master", "body": "Mine."}
    assert world.ask("POST", f"/repos/{UPSTREAM}/pulls", other, "up")["number"] == 1
    world.submit()
    path = world.folder / "series.lock"
    text = path.read_text(encoding="utf-8").replace("pull = 2", "pull = 1")
    path.write_text(text, encoding="utf-8", newline="\n")
    assert world.submit()["actions"] == []
    assert world.lock.stage("a").pull == 2
    theirs = world.ask("GET", f"/repos/{UPSTREAM}/pulls/1")
    assert (theirs["title"], theirs["body"]) == ("Theirs", "Mine.")


def test_a_closed_pull_request_of_another_time_does_not_count(world):
    old = world.upstream.add("tmp", ("old work", {"old.txt": "x\n"}), start="start")
    git(world.fork, "fetch", "-q", str(world.upstream.path), f"{old}:refs/heads/s/a")
    opened = {"title": "Old", "head": "porter:s/a", "base": "master", "body": "Mine."}
    world.ask("POST", f"/repos/{UPSTREAM}/pulls", opened)
    world.ask("PATCH", f"/repos/{UPSTREAM}/pulls/1", {"state": "closed"})
    git(world.fork, "update-ref", "-d", "refs/heads/s/a")
    said = world.submit()
    assert [p["number"] for p in said["pulls"]] == [2, 3, 4]
    assert said["notes"] == []
