"""Pull requests and branches of somebody who means ill: nothing of theirs lands, or counts.

`zed` may write upstream and reviews; `eve` is nobody. A test that this folder has not is where the
thing is that it tests; docs/security.md names them all.
"""

from __future__ import annotations

from land_world import STAGING, all_or_none, git, land, life, master, methods, protect, reasons
from submit_world import UPSTREAM

from stacker.gate.context import CONTEXT

BRANCH = {"a": "s/a", "b": "s/b"}


def nothing_landed(world, before):
    return (master(world), life(world)) == (before, [])


def reset(world, branch, oid):
    """Put a branch of the fork back, by force."""
    git(world.fork, "update-ref", f"refs/heads/{branch}", oid)


def has(world, name):
    return name in git(world.upstream.path, "ls-tree", "-r", "--name-only", "master").split()


def forked(world):
    """Zed's fork of upstream, where he may do as he likes."""
    world.ask("POST", f"/repos/{UPSTREAM}/forks", {}, "zed")
    return world.root / "hub" / "zed" / "proj.git"


def forged(world, fork, branch, onto="master"):
    """A branch of that fork: a file of Zed's on something of the porter's, or of upstream's."""
    git(fork, "fetch", "-q", str(world.fork), "+refs/heads/*:refs/theirs/*")
    tip = git(fork, "rev-parse", onto)
    blob = git(fork, "rev-parse", f"{tip}:f.txt")
    listing = world.root / "listing"
    listing.write_text(f"{git(fork, 'ls-tree', tip)}\n100644 blob {blob}\tevil.txt\n", "utf-8")
    with listing.open("rb") as entries:
        tree = git(fork, "mktree", stdin=entries)
    oid = git(fork, "commit-tree", "-p", tip, "-m", "Evil", tree)
    git(fork, "update-ref", f"refs/heads/{branch}", oid)
    return oid


def opened(world, branch, title, body=""):
    """Zed's pull request for a branch of his fork."""
    fields = {"title": title, "head": f"zed:{branch}", "base": "master", "body": body}
    return world.ask("POST", f"/repos/{UPSTREAM}/pulls", fields, "zed")["number"]


def test_a_head_that_was_pushed_after_the_approval(ready):
    before = master(ready)
    ready.fix(BRANCH["b"], "Evil", {"evil.txt": "evil\n"}, who="zed")
    said = land(ready, code=5)
    assert said["state"] == "blocked"
    assert [(who, stage) for who, stage, _ in reasons(said)][-1] == ("reviewer", "b")
    assert any("has a head that stacker did not push" in text for _, _, text in reasons(said))
    assert nothing_landed(ready, before)


def test_an_approval_of_a_head_that_was_there_for_a_moment(ready):
    """Pushed, approved by an accomplice, put back: what is approved is not what is there."""
    good = git(ready.fork, "rev-parse", BRANCH["b"])
    ready.fix(BRANCH["b"], "Evil", {"evil.txt": "evil\n"}, who="zed")
    ready.approve("b")
    reset(ready, BRANCH["b"], good)
    said = land(ready, code=5)
    assert reasons(said) == [
        ("reviewer", "b",
         "#2 has 0 of 1 approvals that stand: zed approved an earlier head"),
    ]  # fmt: skip


def test_the_authors_own_approval(ready):
    """An approval of one's own pull request, should a forge ever let it through, is none."""
    author = ready.pull("a")["user"]["login"]
    assert author == "porter"
    path = f"/repos/{UPSTREAM}/pulls/1/reviews"
    [review] = ready.ask("GET", path)
    ready.ask("PUT", f"{path}/{review['id']}/dismissals", {"message": "No."}, "up")
    assert ready.ask("POST", path, {"event": "APPROVE", "body": "Mine."}, ok=False) is None
    assert ("reviewer", "a") in [(who, stage) for who, stage, _ in reasons(land(ready, code=5))]


def test_a_pull_request_that_contains_the_members_commits(ready):
    """It has the members' heads and more, and our own text: nothing of it lands."""
    fork = forked(ready)
    forged(ready, fork, "everything", f"refs/theirs/{BRANCH['b']}")
    number = opened(ready, "everything", "Port: final", ready.pull("b")["body"])
    assert land(ready)["state"] == "landed"
    assert all_or_none(ready) == 1
    assert "evil.txt" not in git(ready.upstream.path, "ls-tree", "--name-only", "master").split()
    assert ready.ask("GET", f"/repos/{UPSTREAM}/pulls/{number}")["state"] == "open"


def test_a_fork_branch_that_is_called_like_the_landing_branch(ready):
    """The landing pull request is known by the repository that its branch is in."""
    methods(ready, "squash")
    protect(ready, approvals=1)
    name, fork = STAGING.removeprefix("refs/heads/"), forked(ready)
    theirs = forged(ready, fork, name, f"refs/theirs/{BRANCH['b']}")
    number = opened(ready, name, "Port: final")
    ready.ask("POST", f"/repos/{UPSTREAM}/pulls/{number}/reviews", {"event": "APPROVE"}, "up")
    before = master(ready)
    assert land(ready, code=5)["state"] == "waiting"
    [ours] = [p for p in ready.pulls() if p["head"]["ref"] == name and p["number"] != number]
    assert ours["head"]["repo"]["full_name"] == UPSTREAM
    assert ours["head"]["sha"] != theirs
    assert nothing_landed(ready, before)


def test_a_fork_branch_that_is_called_like_a_stages(unsubmitted):
    """`submit` opens its own pull request; another's of that name and with our text is none."""
    forged(unsubmitted, forked(unsubmitted), "s/a")
    block = '<!-- stacker:begin {"draft": true, "series": "s", "stage": "a"} -->\nx\n'
    number = opened(unsubmitted, "s/a", "a", f"{block}<!-- stacker:end -->")
    said = unsubmitted.good("submit")
    assert number not in {one["number"] for one in said["pulls"]}
    assert [one["stage"] for one in said["pulls"]] == ["a", "b"]
    theirs = unsubmitted.ask("GET", f"/repos/{UPSTREAM}/pulls/{number}")
    assert (theirs["title"], theirs["state"], theirs["draft"]) == ("a", "open", False)


def test_the_gates_word_for_the_candidate_is_no_word_for_a_member(ready):
    """A status is a commit's: the candidate's own commit is nobody's head."""
    protect(ready, checks=[CONTEXT, "CI"])
    said = land(ready, code=5)
    assert said["state"] == "waiting"
    candidate = git(ready.upstream.path, "rev-parse", STAGING)
    heads = {ready.pull(s)["head"]["sha"] for s in "ab"}
    assert candidate not in heads
    for head in heads:
        there = ready.ask("GET", f"/repos/{UPSTREAM}/commits/{head}/status")["statuses"]
        assert [s for s in there if s["context"] == CONTEXT and s["state"] == "success"] == []
    before = master(ready)
    assert ready.ask("PUT", f"/repos/{UPSTREAM}/pulls/1/merge", {}, "zed", ok=False) is None
    assert nothing_landed(ready, before)
