"""`submit` by somebody who may push to the shared fork, but edit no pull request of another."""

from __future__ import annotations

import pytest
from submit_world import UPSTREAM, git, kill, kinds

from stacker.hub.faults.rules import After, Rule


def share(world, monkeypatch):
    """From here on zed goes on with the porter's series."""
    right = {"permission": "push"}
    world.ask("PUT", f"/repos/{world.fork_name}/collaborators/zed", right, "porter")
    monkeypatch.setenv("GITHUB_TOKEN", "token-zed")
    return world


@pytest.fixture
def shared(sent, monkeypatch):
    """The porter's series, which zed goes on with; the fork is shared."""
    return share(sent, monkeypatch)


def comments(world, number):
    found = world.ask("GET", f"/repos/{UPSTREAM}/issues/{number}/comments")
    return [(one["user"]["login"], one["body"]) for one in found]


def more(world, stage, word=b"more "):
    world.edit_patch(stage, b"@@ -0,0 +1 @@\n+", b"@@ -0,0 +1 @@\n+" + word)


def test_nothing_to_do_is_nothing_to_say(shared):
    said = shared.submit()
    assert (said["actions"], said["author_only"]) == ([], [])
    assert comments(shared, 1) == []


def test_heads_are_pushed_and_what_only_the_author_can_do_is_said(shared):
    more(shared, "b")
    shared.text("b", "# A better title\n\nWhat b does.\n")
    dry = shared.good("submit", "--dry-run")
    said = shared.submit()
    assert dry["actions"] == said["actions"]
    assert dry["author_only"] == said["author_only"]
    assert kinds(said) == ["push", "comment", "comment", "comment"]
    assert [a["number"] for a in said["actions"][1:]] == [1, 2, 3]
    told = [(one["number"], one["author"], one["field"], one["to"]) for one in said["author_only"]]
    assert told == [(1, "porter", "body", ""), (2, "porter", "title", "A better title"),
                    (2, "porter", "body", ""), (3, "porter", "body", "")]  # fmt: skip
    assert said["author_only"][1]["text"] == "set the title of #2 to: A better title"
    assert shared.pull("b")["title"] == "b"
    ((who, body),) = comments(shared, 2)
    assert who == "zed"
    assert "What b does." in body
    assert body.startswith("<!-- stacker:begin")
    assert "- set the title of #\u200d2 to: A better title" in body
    shared.door.seen.clear()
    again = shared.submit()
    assert (again["actions"], again["author_only"]) == ([], said["author_only"])
    assert shared.door.writes == []
    assert len(shared.door.seen) <= 1


def test_a_person_reads_it(shared):
    shared.text("b", "# A better title\n")
    ran = shared._run("submit", cwd=shared.folder)
    assert ran.code == 0
    assert "  say    b: in a comment on #2\n" in ran.out
    assert "  b: porter has to set the title of #2 to: A better title\n" in ran.out
    again = shared._run("submit", cwd=shared.folder)
    assert again.out.startswith("Left to the authors, whose pull requests this token may not edit")


def test_the_one_comment_is_kept_up_to_date(shared):
    shared.ask("POST", f"/repos/{UPSTREAM}/issues/2/comments", {"body": "Nice."}, "up")
    ours = shared.pull("b")["body"]
    shared.ask("POST", f"/repos/{UPSTREAM}/issues/2/comments", {"body": ours}, "porter")
    shared.text("b", "# b\n\nOne.\n")
    shared.submit()
    shared.text("b", "# b\n\nTwo.\n")
    said = shared.submit()
    assert kinds(said) == ["comment"]
    assert isinstance(said["actions"][0]["comment"], int)
    found = comments(shared, 2)
    assert [who for who, _ in found] == ["up", "porter", "zed"]
    assert found[:2] == [("up", "Nice."), ("porter", ours)]
    assert "Two." in found[2][1]
    assert "One." not in found[2][1]
    assert shared.submit()["actions"] == []


def test_when_the_author_has_done_it_the_comment_says_so_no_more(shared, monkeypatch):
    shared.text("b", "# Better\n")
    shared.submit()
    monkeypatch.setenv("GITHUB_TOKEN", "token-porter")
    assert [a["fields"] for a in shared.submit()["actions"]] == [
        ["body"],
        ["title", "body"],
        ["body"],
    ]
    monkeypatch.setenv("GITHUB_TOKEN", "token-zed")
    said = shared.submit()
    assert (kinds(said), said["author_only"]) == (["comment"] * 3, [])
    assert "only the author" not in comments(shared, 2)[0][1]
    assert shared.submit()["actions"] == []


def test_who_opens_a_pull_request_is_its_author(shared):
    new = shared.clone.add("more", ("more", {"more.txt": "x\n"}), start="start")
    span = f"{shared.clone['start']}..{new}"
    shared.good("import", span, "--from", shared.clone.path, "--stage", "d")
    dry = shared.good("submit", "--dry-run")
    said = shared.submit()
    numbers = {a["stage"]: a["number"] for a in said["actions"] if a["kind"] == "comment"}
    assert (kinds(said)[:2], numbers) == (["push", "open"], {"a": 1, "b": 2, "c": 3})
    assert kinds(dry) == kinds(said)
    assert shared.pull("d")["user"]["login"] == "zed"
    assert "#4" in comments(shared, 1)[0][1]
    assert shared.submit()["actions"] == []


def test_who_may_write_upstream_edits_as_ever(shared):
    right = {"permission": "push"}
    shared.ask("PUT", f"/repos/{UPSTREAM}/collaborators/zed", right, "up")
    shared.text("b", "# Better\n")
    said = shared.submit()
    assert (set(kinds(said)), said["author_only"]) == ({"edit"}, [])
    assert shared.pull("b")["title"] == "Better"


def test_a_base_and_a_draft_are_the_authors_too(shared):
    git(shared.upstream.path, "branch", "s/x", shared.upstream["start"])
    shared.change("b", base="s/x")  # as if branches had been upstream's own before
    shared.graph("convertPullRequestToDraft", shared.pull("a"))
    body = shared.pull("a")["body"].replace('"draft": false', '"draft": true')
    shared.change("a", body=body)
    said = shared.submit()
    told = [(o["stage"], o["field"], o["text"]) for o in said["author_only"]]
    assert ("b", "base", "change the base of #2 to master") in told
    assert ("a", "draft", "mark #1 as ready for review") in told
    assert (shared.pull("b")["base"]["ref"], shared.pull("a")["draft"]) == ("s/x", True)


def test_who_may_not_push_is_told_and_says_nothing(sent, monkeypatch):
    monkeypatch.setenv("GITHUB_TOKEN", "token-zed")
    more(sent, "b")
    before = sent.branches()
    ran = sent.run("submit")
    assert ran.code == 1
    assert "denied to zed" in ran.document["error"]["message"]
    assert (sent.branches(), comments(sent, 2)) == (before, [])


@pytest.mark.parametrize("lost", ["POST", "PATCH"])
def test_a_comment_whose_answer_was_lost_is_not_made_twice(shared, lost):
    shared.text("b", "# b\n\nOne.\n")
    if lost == "PATCH":
        shared.submit()
        shared.text("b", "# b\n\nTwo.\n")
    shared.hub.faults.set(Rule(After(), lost, "/repos/*/*/issues/**"))
    shared.submit()
    assert len(shared.hub.faults.struck) == 1
    assert len(comments(shared, 2)) == 1
    assert shared.submit()["actions"] == []


# Of intents, push, comment, save: before the comment, after it, and when all is done.
@pytest.mark.parametrize("step", [4, 5, 8])
def test_killed_at_any_step_there_is_one_comment_in_the_end(make, monkeypatch, step):
    world = share(make(ids="a", submitted=True), monkeypatch)
    more(world, "a")
    world.text("a", "# Better\n")
    assert kill(world, step) is (step < 8)
    world.submit()
    assert [who for who, _ in comments(world, 1)] == ["zed"]
    assert world.pull("a")["head"]["sha"] == world.lock.stage("a").published.head
    assert world.submit()["actions"] == []


def test_our_comment_remembers_what_was_published_unverified(shared):
    check = "import os, sys; sys.exit(os.path.exists('b.txt'))"
    looks = f'[[checks]]\nname = "looks"\nrun = [["{{python}}", "-c", "{check}"]]\n'
    shared.plan({"a": [], "b": ["a"], "c": ["b"]}, more=looks)
    more(shared, "b")
    assert shared.run("verify", "--trust").code == 4
    assert shared.run("submit").code == 5
    shared.submit("--unverified")
    ((_, body),) = comments(shared, 2)
    assert "**Published unverified:** when this was pushed, looks for local failed." in body
    assert shared.submit()["actions"] == []
