"""`review` with what the forge has: threads, my own last review, and a pull request by its URL."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import Any

import pytest
from submit_world import UPSTREAM, World, copies

from stacker.submit.words import published_facts

PULLS = f"/repos/{UPSTREAM}/pulls"
HOSTILE = "Why\x1b[31m b?\n\n  and\nmore\nthan three\n"


@dataclass
class Reviewed:
    """Stage b, reviewed by zed at v1, and changed by hand since."""

    world: World
    first: str  # its head as zed saw it
    number: int

    def show(self, *args: str, code: int = 0) -> str:
        ran = self.world._run("review", *args, cwd=self.world.folder)
        assert ran.code == code, ran.out + ran.err
        return ran.out + ran.err

    def data(self, *args: str) -> Any:
        return self.world.good("review", *args)

    @property
    def url(self) -> str:
        return f"{self.world.hub.url}/{UPSTREAM}/pull/{self.number}"

    def rewrite(self, change: Any) -> None:
        """Somebody edits the text; `change` gets it and gives another."""
        self.world.change("b", body=change(self.world.pull("b")["body"]))

    def tell(self, *below: str, head: str = "") -> None:
        """Let the text say what its versions stand on, and of which `head` the first is."""

        def told(body: str) -> str:
            facts = published_facts.read(body)
            versions = [replace(v, below=b) for v, b in zip(facts.versions, below, strict=True)]
            versions[0] = replace(versions[0], head=head or versions[0].head)
            line = published_facts.write(replace(facts, versions=tuple(versions)))
            return re.sub("<!-- stacker:published .*-->", lambda _: line, body)

        self.rewrite(told)


def say(world, number, text, head, *where):
    """zed says something of a line of `head`: `where` is its path, number and side."""
    place = dict(zip(("path", "line", "side"), where, strict=False))
    body = {"body": text, "commit_id": head} | place
    return world.ask("POST", f"{PULLS}/{number}/comments", body, "zed")["id"]


def draw(root, run, patch):
    """Reviewed by zed, then changed by hand, on an upstream that moved."""
    world = World.new(root, run, patch, submitted=True)
    head, number = world.lock.stage("b").published.head, world.lock.stage("b").pull
    one = say(world, number, HOSTILE, head, "f.txt", 7)
    reply = {"body": "Because.", "in_reply_to": one}
    world.ask("POST", f"{PULLS}/{number}/comments", reply, "porter")
    say(world, number, "This one goes.", head, "b.txt", 1)
    say(world, number, "Was it seven?", head, "f.txt", 7, "LEFT")
    world.lines[0] = "-1\n0\n"
    world.upstream.add("master", ("drift", {"f.txt": "".join(world.lines)}))
    world.edit_patch("b", b"@@ -0,0 +1 @@\n+b\n", b"@@ -0,0 +1 @@\n+B\n")
    world.good("rebase")
    world.submit()
    world.close()
    return world


@pytest.fixture(scope="module")
def models():
    return {}


@pytest.fixture
def reviewed(models, tmp_path, tmp_path_factory, run_stacker, monkeypatch):
    with copies(models, tmp_path, tmp_path_factory, run_stacker, monkeypatch, new=draw) as make:
        world = make()
        number = world.lock.stage("b").pull
        [first, *_] = world.ask("GET", f"{PULLS}/{number}/reviews")
        yield Reviewed(world, first["commit_id"], number)


def test_threads_are_shown_where_their_lines_are_now(reviewed):
    text = reviewed.show("b")
    shown = text.partition("Unresolved threads: 3\n")[2].partition("\nIts own change")[0]
    assert shown == (
        "  b.txt  zed  (was at line 1 of v1)\n    This one goes.\n"
        "  f.txt:7  zed  (a line taken out)\n    Was it seven?\n"
        "  f.txt:8  zed  (line 7 of v1)\n    Why\\u001b[31m b?\n      and\n    more\n    …\n"
        "    1 reply by porter\n"
    )
    reviewed.world.approve("b", "up")
    found = reviewed.data("b")
    assert (found["url"], "approved by up" in reviewed.show("b")) == (reviewed.url, True)
    assert found["head"] == reviewed.world.lock.stage("b").published.head
    assert [(t["path"], t["line"], t["was"]) for t in found["threads"]] == [
        ("b.txt", None, "line 1 of v1"), ("f.txt", 7, None), ("f.txt", 8, "line 7 of v1"),
    ]  # fmt: skip


def test_nobody_is_asked_without_leave(reviewed):
    before = len(reviewed.world.door.seen)
    assert "Unresolved threads: not read (--no-fetch)" in reviewed.show("b", "--no-fetch")
    assert reviewed.data("b", "--no-fetch")["threads"] is None
    assert "not read: --no-fetch" in reviewed.show(
        "b", "--no-fetch", "--since", "my-review", code=1
    )
    assert len(reviewed.world.door.seen) == before


def test_what_changed_since_my_review(reviewed, monkeypatch):
    assert "porter last reviewed" not in reviewed.show("b", "--since", "v1")
    monkeypatch.setenv("GITHUB_TOKEN", "token-zed")
    found = reviewed.data(f"#{reviewed.number}", "--since", "my-review")["since"]
    assert (found["how"], found["version"]) == ("interdiff", 1)
    assert found["diff"].endswith("@@ -1 +1 @@\n-b\n+B\n")
    assert "f.txt" not in found["diff"]  # what upstream moved
    monkeypatch.setenv("GITHUB_TOKEN", "token-up")
    text = reviewed.show("b", "--since", "my-review")
    assert "Nothing to compare with: up has not reviewed it yet.\nIts own change" in text


def test_a_version_that_was_let_go_is_compared_as_it_was_published(reviewed):
    reviewed.world.good("doctor", "--prune", "--keep", "1")
    found = reviewed.data("b", "--since", "v1")["since"]
    assert found["how"] == "interdiff"
    assert found["diff"].endswith("@@ -1 +1 @@\n-b\n+B\n")
    assert "this clone lacks the commits of v1" in reviewed.show("b", "--since", "v1", "--no-fetch")


def test_a_url_needs_no_series_and_only_the_api(reviewed, tmp_path, monkeypatch):
    world = reviewed.world
    monkeypatch.setenv("GITHUB_TOKEN", "token-zed")

    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()

    def show(*args, code=0):
        ran = world._run("review", reviewed.url, *args, cwd=elsewhere)
        assert ran.code == code, ran.out + ran.err
        return ran

    before = len(world.door.seen)
    text = show("--since", "my-review").out
    calls = world.door.seen[before:]
    assert {path.partition("/api/")[1] for _, path, _ in calls} == {"/api/"}
    assert not [call for call in calls if call[2]]
    assert len(calls) <= 7
    assert text.startswith(f"b\nb  #{reviewed.number}  draft\nPart 2 of 3 of s · needs #1\n")
    assert "Published as v1, v3 (" in text
    assert "  b.txt  zed  (was at line 1 of v1)\n" in text
    assert "  f.txt:7  zed\n    Why\\u001b[31m b?\n" in text  # its head has no drift
    assert text.endswith("--- a/b.txt\n+++ b/b.txt\n@@ -1 +1 @@\n-b\n+B\n")
    assert "What changed since v1, without what upstream moved" in text
    document = json.loads(show("--json").out)
    assert "a.txt" not in document["diff"]
    assert (document["stage"], document["version"]) == ("b", 3)
    assert [one["version"] for one in document["versions"]] == [1, 3]
    assert "v7 was not published" in show("--since", "v7", code=2).err
    assert list(elsewhere.iterdir()) == []


def test_what_moved_below_is_left_out_by_comparing_the_diffs(reviewed):
    base = reviewed.world.lock.stage("b").published.base
    below = reviewed.world.lock.stage("a").published.head
    reviewed.tell(base, below)
    found = reviewed.data(reviewed.url, "--since", "v1")["since"]
    assert found["how"] == "diff-of-diffs"
    assert "--- a/a.txt b/a.txt in v1\n" in found["diff"]  # then it was a part of the change
    assert "-+b\n++B\n" in found["diff"]
    reviewed.tell(base, below, head="1" * 40)
    assert "the forge does not have v1 any more" in reviewed.show(reviewed.url, "--since", "v1")


def test_a_text_that_tells_nothing_hides_nothing(reviewed):
    reviewed.rewrite(lambda body: body.replace("stacker:published", "stacker:nothing"))
    text = reviewed.show(reviewed.url)
    assert "All of it, " in text
    assert "+++ b/a.txt" in text
    reviewed.rewrite(lambda _: "index of all\n")
    assert reviewed.data(reviewed.url)["stage"] is None
    assert "v1 was not published to #2" in reviewed.show(reviewed.url, "--since", "v1", code=2)


def test_only_forges_that_are_meant(reviewed):
    refused = reviewed.show("https://evil.example/up/proj/pull/1", code=2)
    assert "https://evil.example is no forge that this call knows" in refused
    assert "is no address of a pull request" in reviewed.show("https://x@host/a/b/pull/1", code=2)
    assert "a URL is read from the forge" in reviewed.show(reviewed.url, "--no-fetch", code=2)
    assert "#99" in reviewed.show(reviewed.url.replace("/pull/", "/pull/99"), code=1)


def test_a_head_of_somebody_else_is_said(reviewed):
    theirs = reviewed.world.push_foreign(reviewed.world.lock.stage("b").published.branch)
    assert f"The forge has {theirs[:10]}, which this clone did not publish." in reviewed.show("b")
