"""The comment that tells what changed since each version, and what its links show."""

from __future__ import annotations

import re
import shutil

from submit_world import FORK, UPSTREAM, git, kill, kinds

from stacker.submit.words.published_facts import read

LINK = re.compile(rf"\(/{FORK}/compare/(\w+)\.\.(\w+)\)")
KEPT = "refs/stacker/since/s/"


def edit(world, stage, old, new):
    world.edit_patch(stage, b"@@ -0,0 +1 @@\n+" + old, b"@@ -0,0 +1 @@\n+" + new)


def comments(world, stage, who=None):
    number = world.lock.stage(stage).pull
    found = world.ask("GET", f"/repos/{UPSTREAM}/issues/{number}/comments")
    return [c["body"] for c in found if who is None or c["user"]["login"] == who]


def rows(world, stage):
    """The cells of the table, by what they say of a version."""
    (said,) = comments(world, stage, "porter")
    lines = [line.strip("| ").split(" | ") for line in said.splitlines() if line[:1] == "|"]
    return {version: (why, since) for version, why, since in lines[2:]}


def shown(world, stage, version):
    """What the forge shows behind a link: the lines that differ, by file."""
    start, head = LINK.search(rows(world, stage)[version][1]).groups()
    assert head == world.branches()[f"s/{stage}"]
    said = git(world.fork, "diff", "-U0", "--no-renames", start, head)
    found = {}
    for line in said.splitlines():
        if line.startswith("+++ "):
            lines = found.setdefault(line.removeprefix("+++ b/"), [])
        elif line[0] in "+-" and not line.startswith("---"):
            lines.append(line)
    return found


def three_versions(world):
    """`b` is edited twice; upstream moves in between, and `a` below it is edited too."""
    edit(world, "b", b"b", b"b, better")
    world.submit("-m", "rename per review")
    edit(world, "a", b"a", b"a, better")
    world.drift("drift")
    world.good("rebase")
    edit(world, "b", b"b, better", b"b, best")


def test_a_row_for_each_version_shows_our_edit_and_nothing_of_upstreams(sent):
    assert comments(sent, "b") == []
    first = sent.branches()["s/b"]
    three_versions(sent)
    last = sent.lock.version
    done = sent.submit("--move-base", "-m", "as agreed")
    assert kinds(done).count("push") == 1
    newest = sent.branches()["s/b"]
    versions = read(sent.pull("b")["body"]).versions
    assert [v.number for v in versions] == [1, 2, sent.lock.version]
    assert [v.why for v in versions] == ["b", "rename per review", "as agreed"]
    assert (versions[0].head, versions[-1].head) == (first, newest)
    assert list(rows(sent, "b")) == [f"v{v.number}" for v in reversed(versions)]
    assert rows(sent, "b")[f"v{versions[-1].number}"] == ("as agreed", "this is the newest")
    assert shown(sent, "b", "v1") == {"b.txt": ["-b", "+b, best"]}
    assert shown(sent, "b", "v2") == {"b.txt": ["-b, better", "+b, best"]}
    assert shown(sent, "a", "v1") == {"a.txt": ["-a", "+a, better"]}
    assert comments(sent, "c") == []  # it moved, and nothing of its own changed
    moved = git(sent.fork, "diff", "--name-only", first, newest).split()
    assert moved == ["a.txt", "b.txt", "f.txt"]  # what a plain comparison would show
    assert last < sent.lock.version
    each = sent.ask("GET", f"/repos/{FORK}/compare/{versions[-1].below}...{newest}")["files"]
    assert [f["filename"] for f in each] == ["b.txt", "f.txt"]
    refs = git(sent.fork, "for-each-ref", "--format=%(refname)", "refs/stacker/").split()
    assert refs == [f"{KEPT}a", f"{KEPT}b"]
    assert len(sent.pulls()) == 3
    sent.reviewable()
    before = sent.snapshot()
    sent.door.seen.clear()
    assert sent.submit()["actions"] == []
    assert (sent.snapshot(), sent.door.writes) == (before, [])


def test_nobodys_comment_is_taken_for_ours_and_a_kill_leaves_one(sent):
    edit(sent, "a", b"a", b"better")
    sent.submit()
    (said,) = comments(sent, "a")
    sent.ask("POST", f"/repos/{UPSTREAM}/issues/1/comments", {"body": said}, "zed")
    edit(sent, "a", b"better", b"best")
    heads = sent.branches()
    assert kill(sent, 4)  # the push is done
    assert sent.branches() != heads
    assert comments(sent, "a") == [said, said]
    sent.submit()
    assert comments(sent, "a", "zed") == [said]
    assert list(rows(sent, "a")) == ["v3", "v2", "v1"]
    assert shown(sent, "a", "v1") == {"a.txt": ["-a", "+best"]}
    assert sent.submit()["actions"] == []


def test_an_old_change_that_no_longer_fits_is_said(sent):
    line = sent.line_of("b")
    sent.drift("theirs", line)
    assert sent.run("rebase").code == 3
    sent.good("resolve", "--take", "mine")
    sent.submit()
    said = rows(sent, "b")["v1"][1]
    assert said.startswith("conflicts with what it stands on now; [everything since v1]")
    assert said.endswith(", upstream's movement too")
    assert LINK.search(said)
    assert sent.submit()["actions"] == []


def test_a_text_cannot_make_us_show_what_was_never_published(sent):
    store, tip = sent.folder / ".stacker" / "store.git", sent.lock.stage("a").commit
    secret = git(store, "commit-tree", "-m", "Mine", f"{tip}^{{tree}}")
    pull = sent.pull("a")
    old = read(pull["body"]).versions[0]
    body = pull["body"].replace(old.head, secret)
    sent.change("a", body=body)
    edit(sent, "a", b"a", b"better")
    sent.submit()
    assert rows(sent, "a")["v1"][1].startswith("cannot be told apart here")
    assert git(sent.fork, "cat-file", "-t", secret, check=False) is None


def test_rewritten_heads_are_kept_and_told_apart_in_a_fresh_clone_too(make):
    world = make()
    world.plan({"a": [], "b": ["a"]}, publish="rewrite")
    world.submit()
    first = world.branches()["s/b"]
    three_versions(world)
    world.submit()
    assert shown(world, "b", [*rows(world, "b")][-1]) == {"b.txt": ["-b", "+b, best"]}
    assert git(world.fork, "for-each-ref", "--format=%(refname)", "--contains", first) == f"{KEPT}b"
    shutil.rmtree(world.folder / ".stacker")
    assert world.submit()["actions"] == []
