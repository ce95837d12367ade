"""Published heads: forward only, one merge base, each shows its own layer."""

from __future__ import annotations

import pytest
from submit_world import git, kinds

DIAMOND = {"a": [], "b": ["a"], "c": ["a"], "d": ["b", "c"]}
TWO_NEEDS = {"a": [], "b": [], "c": ["a", "b"]}


def edit(world, stage, text=b"edited"):
    world.edit_patch(stage, b"@@ -0,0 +1 @@\n+", b"@@ -0,0 +1 @@\n+%s " % text)


@pytest.mark.parametrize("plan", [None, DIAMOND, TWO_NEEDS], ids=["chain", "diamond", "two needs"])
def test_every_shape_is_reviewable_and_stays_so(make, plan):
    world = make(ids="abcd" if plan is DIAMOND else "abc")
    if plan:
        world.plan(plan)
    world.submit()
    world.reviewable()
    assert world.submit()["actions"] == []
    edit(world, "a")
    done = world.submit("-m", "second thoughts")
    assert kinds(done)[0] == "push"
    world.reviewable()
    subjects = {git(world.fork, "log", "-1", "--format=%s", one) for one in ("s/a", "s/c")}
    assert subjects == {f"v{world.lock.version}: second thoughts"}
    assert world.submit()["actions"] == []
    world.drift("drift")
    world.good("rebase")
    assert world.submit()["actions"] == []
    world.submit("--move-base")
    world.reviewable()
    assert {line.published.base for line in world.lock.stages} == {world.lock.bases["proj"]}
    assert world.submit("--move-base")["actions"] == []


def test_a_head_is_one_commit_with_the_stages_tree_on_its_old_head_and_its_below(sent):
    old = sent.branches()
    edit(sent, "a")
    sent.submit()
    new, lock = sent.branches(), sent.lock
    for one, parents in {
        "a": [old["s/a"]],
        "b": [old["s/b"], new["s/a"]],
        "c": [old["s/c"], new["s/b"]],
    }.items():
        tip = new[f"s/{one}"]
        assert git(sent.fork, "log", "-1", "--format=%P", tip).split() == parents
        assert git(sent.fork, "rev-parse", f"{tip}^{{tree}}") == lock.stage(one).trees[-1]


def test_only_what_changed_and_what_stands_on_it_moves(make):
    world = make(ids="abcd")
    world.plan(DIAMOND)
    world.submit()
    before = world.branches()
    edit(world, "b")
    world.submit()
    moved = {name for name, tip in world.branches().items() if tip != before[name]}
    assert moved == {"s/b", "s/d", "s/d.below"}
    world.reviewable()


def test_another_order(sent):
    sent.plan({"c": [], "a": ["c"], "b": ["a"]})
    sent.submit()
    sent.reviewable()
    sent.plan({"b": [], "c": ["b"], "a": ["b", "c"]})
    sent.submit()
    sent.reviewable()
    assert [p["state"] for p in sent.pulls()] == ["open"] * 3


def test_a_stage_is_taken_out(sent):
    sent.plan({"a": [], "c": ["a"]})
    sent.submit()
    sent.reviewable()
    assert "b.txt" not in git(sent.fork, "ls-tree", "--name-only", "s/c").split()
    assert sent.submit()["actions"] == []


def test_a_hunk_moves_from_one_stage_to_the_next(sent):
    (first,) = (sent.folder / "patches" / "a").iterdir()
    (second,) = (sent.folder / "patches" / "b").iterdir()
    raw, both = first.read_bytes(), sent.lock.stage("b").commit
    first.write_bytes(raw[: raw.index(b"diff --git a/f.txt")])
    sent.good("rebase")
    eye, less = sent.eye(), sent.lock.stage("a").commit
    joined = git(eye, "commit-tree", "-p", less, "-m", "b", f"{both}^{{tree}}")
    git(eye, "format-patch", "-q", "-1", "--full-index", "-o", str(sent.root / "made"), joined)
    (made,) = (sent.root / "made").iterdir()
    second.write_bytes(made.read_bytes())
    sent.submit()
    sent.reviewable()
    assert git(sent.fork, "rev-parse", "s/b^{tree}") == git(eye, "rev-parse", f"{both}^{{tree}}")


def test_ten_rebases_over_drift_push_nothing(sent):
    before = sent.branches()
    for n in range(10):
        sent.drift(f"drift {n}")
        sent.good("rebase")
        assert sent.submit()["actions"] == []
    assert sent.branches() == before
    assert sent.door.writes == []


def test_never_an_older_base(sent):
    old = sent.lock.bases["proj"]
    new = sent.drift("drift")
    sent.good("rebase")
    edit(sent, "b")
    sent.submit("--move-base")
    sent.good("undo", "--to", "v1")
    assert sent.lock.bases["proj"] == old
    sent.submit()
    assert {line.published.base for line in sent.lock.stages} == {new}
    sent.reviewable()
    heads = sent.branches()
    assert sent.submit("--move-base")["actions"] == []
    assert sent.branches() == heads


def test_an_older_base_that_does_not_fit_is_said_and_not_published(sent):
    line = sent.line_of("b")
    sent.drift("same line", line, "theirs")
    assert sent.run("rebase").code == 3
    sent.good("resolve", "--take", "mine")
    sent.submit()
    before = sent.branches()
    sent.good("undo", "--to", "v1")
    edit(sent, "b")
    for path in (sent.folder / "resolutions").rglob("*"):
        if path.is_file():
            path.unlink()
    ran = sent.run("submit")
    assert ran.code == 1
    assert "older" in ran.document["error"]["message"]
    assert sent.branches() == before


def test_a_patch_that_was_solved_anew_moves_to_the_new_base(sent):
    published = {line.stage: line.published for line in sent.lock.stages}
    new = sent.drift("same line", sent.line_of("b"), "theirs")
    assert sent.run("rebase").code == 3
    sent.good("resolve", "--take", "mine")
    sent.submit()
    sent.reviewable()
    lines = {line.stage: line.published for line in sent.lock.stages}
    assert lines["a"] == published["a"]
    assert lines["b"].base == lines["c"].base == new
    assert lines["b"].below == sent.branches()["s/b.below"]
    assert lines["c"].below is None
    assert sent.submit()["actions"] == []


@pytest.mark.parametrize("how", ["squash", "merge"])
def test_a_need_landed(sent, how):
    if how == "squash":
        sent.squash("a")
    else:
        pull = sent.pull("a")["number"]
        sent.ask("PUT", f"/repos/up/proj/pulls/{pull}/merge", {"merge_method": "merge"}, "up")
        assert sent.pull("a")["merged"]
    assert sent.good("rebase")["stages"][0]["status"] == "landed"
    sent.submit()
    sent.reviewable()
    assert "lands" not in sent.pull("b")["body"].split("\n")[1]
    assert sent.submit()["actions"] == []


def test_a_below_branch_is_kept_and_only_moves_forward(make):
    world = make()
    world.plan(TWO_NEEDS)
    world.submit()
    for plan in ({"a": [], "b": [], "c": ["a"]}, {"a": [], "b": [], "c": []}):
        world.plan(plan)
        world.submit()
        assert world.submit()["actions"] == []
    world.reviewable()
    world.plan(TWO_NEEDS)
    edit(world, "a")
    world.submit()
    world.reviewable()


def test_a_stage_without_patches_is_not_in_the_way(sent):
    sent.plan({"a": [], "b": ["a"], "empty": ["b"], "c": ["empty"]})
    done = sent.submit()
    assert done["notes"] == ["empty has no patches yet"]
    sent.reviewable()


def test_the_same_series_gives_the_same_heads_everywhere(make):
    one, other = make(), make()
    for world in (one, other):
        world.enter()
        world.submit()
        edit(world, "a")
        world.submit()
    assert one.branches() == other.branches()
