"""A stage that goes on with somebody's pull request on that one's own branch."""

from __future__ import annotations

from pathlib import Path

import pytest
from adopt_world import THEIRS, push_more, shown, theirs, tip
from submit_world import UPSTREAM, git, kill, kinds


@pytest.fixture
def world(adopting):
    """The porter may write upstream, and zed allows edits by maintainers."""
    return adopting(by="push", maintainer=True)


def add(world):
    """A patch of the porter's on top of what zed did."""
    folder = Path(world.good("edit", "ffi")["folder"])
    (folder / "sum.txt").write_text("sum\n", encoding="utf-8", newline="\n")
    world.good("edit", "ffi", "--done", "--new", "-m", "Add a sum")


def test_what_the_stage_adds_goes_on_their_branch_and_their_words_stay(world):
    before, _ = shown(world)
    add(world)
    dry = world.good("submit", "--dry-run")
    said = world.submit()
    assert kinds(said) == kinds(dry) == ["push", "push", "open", "edit", "comment"]
    after, comments = shown(world)
    changed = {name for name in before if before[name] != after[name]} - {"updated_at"}
    assert changed == {"head"}
    ((who, words),) = comments
    assert who == "porter"
    assert "A series goes on with this pull request by zed: what it adds comes on top" in words
    head = tip(world)
    assert head == after["head"] == world.lock.stage("ffi").published.head
    assert theirs(world).git("log", "--format=%an: %s", f"{before['head']}..{head}") == (
        "Paul Porter: v3: Add a sum"
    )
    assert theirs(world).git("rev-parse", f"{head}^") == before["head"]
    compared = world.ask("GET", f"/repos/{THEIRS}/compare/{before['head']}...{head}")
    assert [one["filename"] for one in compared["files"]] == ["sum.txt"]
    line = world.lock.stage("ffi")
    assert (line.pull, line.published.branch) == (1, "fix")
    world.door.seen.clear()
    again = world.submit()
    assert (again["actions"], again["author_only"], again["notes"]) == ([], [], [])
    assert world.door.writes == []


def stopped(world):
    ran = world.run("submit")
    assert (ran.code, ran.document["actions"]) == (5, [])
    (said,) = ran.document["foreign"]
    return said


def test_what_zed_pushes_stops_us_until_it_is_taken_in(world):
    there = push_more(world)  # since it was imported
    add(world)
    assert stopped(world) == (
        f"{THEIRS} fix is at {there[:10]}: 'Zed goes on' by Zed Begins; "
        "`stacker edit ffi --from-pull` takes it in"
    )
    assert tip(world) == there
    assert world.good("edit", "ffi", "--from-pull")["head"] == there
    world.submit()
    assert theirs(world).git("rev-parse", "fix^") == there


def test_where_zed_force_pushed_a_new_one_is_the_way_out(world):
    add(world)
    world.submit()
    theirs(world).git("update-ref", "refs/heads/fix", "fix^")
    there = tip(world)
    assert "somebody force-pushed; `stacker edit ffi --from-pull` tells" in stopped(world)
    ran = world.run("edit", "ffi", "--from-pull")
    assert "Take `adopts_by` out of the plan" in ran.document["error"]["hint"]
    text = world.plan_text().replace('adopts_by = "push"\n', "")
    (world.folder / "series.toml").write_text(text, encoding="utf-8", newline="\n")
    world.submit()
    assert (world.pull("ffi")["head"]["label"], tip(world)) == ("porter:s/ffi", there)


def test_upstream_merged_into_it_is_taken_in_and_never_taken_back(world):
    before = shown(world)[0]["head"]
    world.submit()
    assert shown(world)[0]["head"] == before == tip(world)  # nothing added, nothing pushed
    world.drift("drift")
    fork = theirs(world)
    fork.git("fetch", "-q", str(world.upstream.path), "master:refs/heads/theirs")
    tree = fork.git("merge-tree", "--write-tree", "fix", "theirs")
    merge = fork.git("commit-tree", "-p", "fix", "-p", "theirs", "-m", "Merge master", tree)
    fork.git("update-ref", "refs/heads/fix", merge)
    assert f"fix is at {merge[:10]}" in stopped(world)
    world.good("edit", "ffi", "--from-pull")
    add(world)
    world.submit()
    trunk = git(world.upstream.path, "rev-parse", "master")
    assert fork.git("diff", "--name-only", trunk, "fix") == "ffi.txt\nsum.txt"


def test_a_part_on_top_of_it_is_reviewed_against_their_branch(world):
    text = world.plan_text() + '\n[[stages]]\nid = "top"\nneeds = ["ffi"]\n'
    (world.folder / "series.toml").write_text(text, encoding="utf-8", newline="\n")
    folder = Path(world.good("edit", "top")["folder"])
    (folder / "top.txt").write_text("top\n", encoding="utf-8", newline="\n")
    world.good("edit", "top", "--done", "-m", "Top")
    world.submit()
    pull = world.pull("top")
    theirs = world.pull("ffi")["head"]["sha"]
    view = f"(/{UPSTREAM}/pull/{pull['number']}/files/{theirs}..{pull['head']['sha']})"
    assert view in pull["body"]
    compared = world.ask("GET", "/repos/porter/proj/compare/zed:fix...s/top")
    assert [one["filename"] for one in compared["files"]] == ["top.txt"]
    assert world.submit()["actions"] == []


def refusal(world):
    before = (len(world.pulls()), world.branches(), shown(world), tip(world))
    ran = world.run("submit")
    assert ran.code == 1
    assert (len(world.pulls()), world.branches(), shown(world), tip(world)) == before
    return ran.document["error"]


def test_who_may_not_push_there_is_told_before_anything_is_done(adopting):
    world = adopting(by="push")
    add(world)
    said = refusal(world)
    assert said["message"] == f"this token may not push to {THEIRS} fix, the branch of #1"
    assert "Allow edits by maintainers" in said["hint"]
    right = {"permission": "push"}
    world.ask("PUT", f"/repos/{UPSTREAM}/collaborators/porter", right, "up")
    world.ask("PATCH", f"/repos/{UPSTREAM}/pulls/1", {"maintainer_can_modify": False}, "zed")
    assert refusal(world) == said
    world.ask("PUT", f"/repos/{THEIRS}/collaborators/porter", right, "zed")
    world.submit()
    assert theirs(world).git("log", "-1", "--format=%an", "fix") == "Paul Porter"


def test_a_closed_one_is_gone_on_with_in_a_new_one(world):
    add(world)
    world.submit()
    head = tip(world)
    world.ask("PATCH", f"/repos/{UPSTREAM}/pulls/1", {"state": "closed"}, "zed")
    world.edit_patch("a", b"@@ -0,0 +1 @@\n+", b"@@ -0,0 +1 @@\n+more ")
    said = world.submit()
    assert said["notes"] == ["ffi: #1 was closed by somebody; left as it is"]
    folder = Path(world.good("edit", "ffi")["folder"])
    (folder / "sum.txt").write_text("more\n", encoding="utf-8", newline="\n")
    world.good("edit", "ffi", "--done", "-m", "More")
    assert refusal(world)["message"] == "#1 is closed: nothing can be pushed to it"
    text = world.plan_text().replace('adopts_by = "push"\n', "")
    (world.folder / "series.toml").write_text(text, encoding="utf-8", newline="\n")
    world.submit()
    pull = world.pull("ffi")
    assert (pull["number"], pull["head"]["label"], tip(world)) == (3, "porter:s/ffi", head)
    assert "Continues #1 by zed" in pull["body"]
    assert git(world.fork, "merge-base", "--is-ancestor", head, "s/ffi") is not None
    assert world.submit()["actions"] == []
    world.folder.joinpath("series.toml").write_text(
        world.plan_text().replace("adopts = 1\n", 'adopts = 1\nadopts_by = "push"\n'),
        encoding="utf-8", newline="\n",
    )  # fmt: skip
    assert refusal(world)["message"] == "ffi is on s/ffi already, which is not #1's"


WRONG = {
    "it stands on another stage": ("needs = []\nadopts", 'needs = ["a"]\nadopts', "stands on a"),
    "no such pull request": ("adopts = 1", "adopts = 77", "shows no #77"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_plan_that_cannot_be_followed_is_explained(world, name):
    old, new, message = WRONG[name]
    text = world.plan_text()
    assert old in text
    (world.folder / "series.toml").write_text(text.replace(old, new), encoding="utf-8",
                                              newline="\n")  # fmt: skip
    said = refusal(world)
    assert message in said["message"]
    assert said["hint"]


# Of intents, two pushes, open, text, comment, save.
def test_killed_after_the_push_it_ends_as_if_it_had_not_been(world):
    add(world)
    assert kill(world, 6)
    world.submit()
    assert theirs(world).git("rev-parse", "fix") == world.lock.stage("ffi").published.head
    assert theirs(world).git("log", "--format=%an", "-2", "fix") == "Paul Porter\nZed Begins"
    assert len(shown(world)[1]) == 1
    assert world.submit()["actions"] == []


def test_what_lands_is_their_pull_request(world):
    world.submit()
    done = world.good("land", "ffi")
    assert [(one["number"], one["pull_state"]) for one in done["members"]] == [(1, "closed")]
