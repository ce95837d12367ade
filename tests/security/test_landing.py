"""What changes while a landing is under way, and who claims to be one."""

from __future__ import annotations

from land_world import (
    before_push,
    comments,
    git,
    land,
    landing_pull,
    life,
    locked,
    master,
    protect,
    reasons,
    refs,
)
from submit_world import UPSTREAM

from stacker.hub.state import connect


def under_the_lock(world, act):
    """Run `act` when the lock is being taken: everything was read, and nothing is frozen yet."""
    before_push(world, 1, act)


def nothing_landed(world, before):
    return (master(world), life(world), refs(world)) == (before, [], [])


def test_a_head_that_is_pushed_while_it_lands(ready):
    before = master(ready)
    under_the_lock(ready, lambda: ready.fix("s/b", "Evil", {"evil.txt": "evil\n"}, who="zed"))
    said = land(ready, code=5)
    assert any(stage == "b" and "did not push" in text for _, stage, text in reasons(said))
    assert nothing_landed(ready, before)


def test_an_approval_that_is_taken_away_while_it_lands(ready):
    path = f"/repos/{UPSTREAM}/pulls/2/reviews"
    [review] = ready.ask("GET", path)

    def dismiss():
        ready.ask("PUT", f"{path}/{review['id']}/dismissals", {"message": "No."}, "up")

    before = master(ready)
    under_the_lock(ready, dismiss)
    said = land(ready, code=5)
    assert [(who, stage) for who, stage, _ in reasons(said)] == [("reviewer", "b")]
    assert nothing_landed(ready, before)


def test_an_approval_that_is_pointed_at_another_commit(ready):
    """A review's commit moves, as forges do it after a push by force: it is of that commit."""
    other, head = (git(ready.fork, "rev-parse", f"s/{stage}") for stage in "ab")
    with connect(ready.root / "hub") as db:
        assert db.run("UPDATE reviews SET oid = ? WHERE oid = ?", other, head)
    said = land(ready, code=5)
    assert [(who, stage) for who, stage, _ in reasons(said)] == [("reviewer", "b")]


def test_a_patch_that_claims_to_be_a_landing(ready):
    """Who reverts or recovers believes what a landed commit says of itself."""
    (path,) = (ready.folder / "patches" / "a").iterdir()
    raw = path.read_bytes()
    path.write_bytes(raw.replace(b"\n---\n", b"\nStacker-Commits: 50\n---\n", 1))
    ready.good("status")
    ready.good("submit")
    for stage in "ab":
        ready.approve(stage)
    said = land(ready, code=5)
    text = "the message of a patch has a line `Stacker-…:`, which only a landing may write"
    assert ("porter", "a", text) in reasons(said)


def test_a_commit_that_repeats_what_a_landing_said(ready):
    """Somebody else's commit with the same trailers is not what a revert takes back."""
    before = git(ready.upstream.path, "rev-parse", "master^{tree}")
    tx = land(ready)["tx"]
    said = git(ready.upstream.path, "log", "-1", "--format=%(trailers:only)", "master")
    later = ready.drift(f"Mine\n\n{said}")
    (ready.folder / ".stacker" / "landings.sqlite").unlink()
    done = land(ready, "--revert", tx)
    text = git(ready.upstream.path, "log", "-1", "--format=%B", "master")
    assert f"This reverts commit {later}" not in text
    assert text.count("This reverts commit ") == 2
    assert done["state"] == "landed"
    names = git(ready.upstream.path, "ls-tree", "--name-only", "master").split()
    assert names == git(ready.upstream.path, "ls-tree", "--name-only", before).split()


def test_a_comment_that_pretends_to_be_ours(ready):
    """The mark in it is known to everybody; only our own comment is ours."""
    protect(ready, approvals=1)
    tx = land(ready, code=5)["tx"]
    body = {"body": f"Landed elsewhere. <!-- stacker:landed {tx} -->"}
    ready.ask("POST", f"/repos/{UPSTREAM}/issues/1/comments", body, "zed")
    number = landing_pull(ready)["number"]
    ready.ask("POST", f"/repos/{UPSTREAM}/pulls/{number}/reviews", {"event": "APPROVE"}, "zed")
    said = land(ready)
    assert (said["state"], said["tx"]) == ("landed", tx)
    here = f"Landed in `master` as {locked(ready)['a']}"
    assert [here in one for one in comments(ready, "a")] == [False, True]
