"""A landed group is taken back as one update of the branch, and may land again."""

from __future__ import annotations

from dataclasses import replace

import pytest
from history import draw
from land_world import (
    UPSTREAM,
    agree,
    all_or_none,
    comments,
    git,
    inside,
    land,
    landing_by,
    landing_pull,
    landings,
    life,
    locked,
    master,
    press,
    protect,
    reasons,
    refs,
    unfinished,
)

from stacker.git.objects import Oid
from stacker.git.process import Git
from stacker.git.store import ObjectStore
from stacker.land.brought import Made, brought


def tree(world, rev="master"):
    return git(world.upstream.path, "rev-parse", f"{rev}^{{tree}}")


@pytest.fixture
def landed(approved):
    """The group has landed; its transaction, and the tree before it."""
    world = approved(landed=True)
    [landing] = landings(world)
    return world, landing.intent.tx, tree(world, world.upstream["start"])


def test_the_group_goes_as_it_came_by_one_update(landed):
    world, tx, before = landed
    tip, known = master(world), locked(world)
    said = land(world, "--revert", tx)
    assert (said["state"], said["guarantee"], said["commit"]) == ("landed", "atomic", master(world))
    assert tree(world) == before
    assert git(world.upstream.path, "rev-parse", "master^") == tip
    assert life(world) == [tip, master(world)]
    assert [inside(world, one) for one in life(world)] == [{"a", "b"}, set()]
    text = git(world.upstream.path, "log", "-1", "--format=%B", "master")
    for commit in (tip, git(world.upstream.path, "rev-parse", f"{tip}^")):
        assert f"This reverts commit {commit}" in text
    assert f"Stacker-Revert: {tx}" in text
    assert refs(world) == []
    assert unfinished(world) == ()
    told = [one for one in comments(world, "a") if "Taken back" in one]
    assert len(told) == 1
    assert f"since {said['commit']}, nor that of #2" in told[0]
    assert locked(world) == known


def test_what_came_since_stays(landed):
    world, tx, _ = landed
    world.drift("Later")
    later = tree(world)
    assert land(world, "--revert", tx)["state"] == "landed"
    assert inside(world, "master") == set()
    assert "Later" in git(world.upstream.path, "log", "--format=%s", "master")
    assert tree(world) != later


def test_twice_is_once(landed):
    world, tx, _ = landed
    first = land(world, "--revert", tx)
    again = land(world, "--revert", tx, code=5)
    assert again["state"] == "blocked"
    assert "is without it already" in reasons(again)[0][2]
    assert master(world) == first["commit"]


def test_any_clone_can_take_it_back(landed):
    """What landed says itself what it is."""
    world, tx, before = landed
    (world.folder / ".stacker" / "landings.sqlite").unlink()
    assert land(world, "--revert", tx)["state"] == "landed"
    assert tree(world) == before


def test_where_upstream_went_on_with_it_a_person_has_to(landed):
    world, tx, _ = landed
    lines = list(world.lines)
    lines[world.line_of("a")] = "a, and more\n"
    world.upstream.add("master", ("More of a", {"f.txt": "".join(lines), "a.txt": "more\n"}))
    tip = master(world)
    said = land(world, "--revert", tx, code=5)
    assert said["state"] == "blocked"
    assert "taken back by hand" in reasons(said)[0][2]
    assert master(world) == tip


def test_an_unknown_one_is_told(ready):
    ran = ready.run("land", "--revert", "0" * 20)
    assert ran.code == 2
    assert "no upstream branch" in ran.document["error"]["message"]


def test_it_lands_again_and_that_changes_the_tree(landed):
    world, tx, before = landed
    land(world, "--revert", tx)
    world.good("rebase")
    world.good("submit")
    for stage in "ab":
        world.approve(stage)
    refused = land(world, code=5)
    assert "`land --again` lands it once more" in str(reasons(refused))
    said = land(world, "--group", "final", "--again")
    assert said["state"] == "landed"
    assert said["tx"] != tx
    assert tree(world) != before
    assert [world.lock.stage(s).reverted for s in "ab"] == [None, None]
    assert [inside(world, one) for one in life(world)] == [{"a", "b"}, set(), {"a", "b"}]


def test_by_a_pull_request_where_nobody_pushes(ready):
    protect(ready, approvals=1)

    def agree():
        path = f"/repos/{UPSTREAM}/pulls/{pull()['number']}/reviews"
        ready.ask("POST", path, {"event": "APPROVE", "body": "Good."}, "zed")

    def pull():
        [found] = [
            p for p in ready.pulls()
            if p["head"]["ref"].startswith("stacker-landing/") and p["state"] == "open"
        ]  # fmt: skip
        return found

    land(ready, code=5)
    assert pull() == landing_pull(ready)
    agree()
    before = tree(ready)
    tx = land(ready)["tx"]
    waiting = land(ready, "--revert", tx, code=5)
    assert waiting["state"] == "waiting"
    assert "takes back the landing of #1, #2" in pull()["body"]
    agree()
    said = land(ready, "--revert", tx)
    assert (said["state"], said["tx"]) == ("landed", waiting["tx"])
    assert tree(ready) == before
    assert refs(ready) == []


def test_what_landed_with_other_files_is_told_until_it_is_taken_back(ready):
    """Somebody pushed to the landing branch, and a maintainer pressed the button all the same."""
    before, waiting = tree(ready), land(ready, code=5, who="porter")
    ref = "refs/heads/stacker-landing/master/final"
    blob = git(ready.upstream.path, "rev-parse", "master:f.txt")
    listing = f"{git(ready.fork, 'ls-tree', ref)}\n100644 blob {blob}\textra.txt\n"
    file = ready.root / "listing"
    file.write_text(listing, encoding="utf-8")
    with file.open("rb") as entries:
        other = git(ready.fork, "mktree", stdin=entries)
    git(ready.fork, "update-ref", ref, git(ready.fork, "commit-tree", "-p", ref, "-m", "x", other))
    [number] = [p["number"] for p in ready.pulls() if "stacker-landing" in p["head"]["ref"]]
    path = f"/repos/{UPSTREAM}/pulls/{number}/merge"
    ready.ask("PUT", path, {"merge_method": "squash"}, "zed")
    said = land(ready, code=6)
    assert (said["state"], said["tx"], said["commit"]) == ("torn", waiting["tx"], master(ready))
    assert land(ready, code=6)["state"] == "torn"
    assert said["reasons"][0]["command"] == f"stacker land --revert {waiting['tx']}"
    assert land(ready, "--revert", waiting["tx"])["state"] == "landed"
    assert tree(ready) == before
    assert unfinished(ready) == ()


def test_a_lone_commit_is_taken_back_by_its_id(ready):
    landing_by(ready, "push")
    lone = ready.drift("Merged alone")
    before = tree(ready, "master^")
    assert land(ready, "--revert", lone[:12])["state"] == "landed"
    assert tree(ready) == before
    assert all_or_none(ready) == 0


def test_only_what_the_landing_brought_is_taken_back(ready):
    """Merged by a maintainer, in fewer commits than the candidate has."""
    ready.drift("Before")
    before = tree(ready)
    protect(ready, approvals=1)
    tx = land(ready, code=5)["tx"]
    agree(ready, landing_pull(ready))
    press(ready, landing_pull(ready), "squash")
    assert land(ready)["tx"] == tx
    land(ready, "--revert", tx, code=5)
    assert tree(ready, f"stacker-landing/master/revert-{tx[:10]}") == before


def test_how_many_commits_of_the_branch_a_landing_is(tmp_path):
    drawn = draw(tmp_path / "repo", {"master": [(one, {"f": one}) for one in "012345"]})
    drawn.git("update-ref", "refs/heads/merged", drawn.git(
        "commit-tree", "-p", drawn["2"], "-p", drawn["4"], "-m", "Merge", "master^{tree}"
    ))  # fmt: skip
    with ObjectStore(Git(drawn.path)) as store:
        tip, merge = drawn["5"], Oid(drawn.git("rev-parse", "merged"))
        assert brought(store, tip, Made(2, drawn["3"])) == 2  # as it was made
        assert brought(store, tip, Made(2, drawn["4"])) == 1  # a squash with the last one's words
        assert brought(store, merge, Made(2, drawn["2"])) == 1
        assert brought(store, tip, Made(1, None)) == 1


def test_where_upstream_had_moved_the_words_of_the_commits_tell(tmp_path, monkeypatch):
    """`port` is what was to land on `start`; upstream went on, and the forge merged it somehow."""
    port = [(one, {"f": one}) for one in ("a", "b", "c")]
    moved = ["start", ("x", {"x": "1"}), ("y", {"x": "2"}), ("z", {"x": "3"})]
    drawn = draw(
        tmp_path / "repo",
        {
            "master": [("start", {"f": "0"})],
            "port": ["start", *port],
            "moved": moved,
        },
    )

    monkeypatch.setenv("GIT_AUTHOR_EMAIL", drawn.git("log", "-1", "--format=%ae", "port"))

    def on_top(*subjects):
        tip = drawn["z"]
        for subject in subjects:
            tree = drawn.git("rev-parse", "moved^{tree}")
            tip = drawn.git("commit-tree", "-p", tip, "-m", subject, tree)
        return Oid(tip)

    made = Made(3, drawn["start"], drawn["c"])
    squash = replace(made, squashed=True)
    with ObjectStore(Git(drawn.path)) as store:
        assert brought(store, on_top("a", "b", "c"), made) == 3  # rebased
        assert brought(store, on_top("c"), made) == 1  # a squash with the last one's words
        assert brought(store, on_top("All of it"), squash) == 1
        assert brought(store, on_top("a", "b", "c", "One more"), squash) is None
        assert brought(store, on_top("b", "c"), made) is None
        stranger = replace(made, candidate=None)
        assert brought(store, on_top("a", "b", "c"), stranger) is None  # no journal, no knowing
        assert brought(store, on_top("All of it"), stranger) is None
