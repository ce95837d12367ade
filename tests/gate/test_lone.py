"""One member was merged without the others: the gate freezes the rest, and tells the ways out."""

from __future__ import annotations

from gate_world import document, gate, merge, on_forge
from land_world import GROUP, acting_as, git, inside, land, master, methods, protect

ABC = {"a": [], "b": ["a"], "c": ["b"]}
THREE = GROUP.replace('"a", "b"', '"a", "b", "c"')


def read(world):
    """What the coordinator reads."""
    with acting_as(world, "up"):
        return world._run("gate", cwd=world.folder).out.splitlines()


def test_a_lone_merge_freezes_the_rest(gated):
    world = gated()
    commit = merge(world, "a")
    found = document(world, code=6)
    a, b = (world.lock.stage(s).pull for s in "ab")
    said = f"#{a} landed alone as {commit[:8]}"
    assert [(p["stage"], p["state"]) for p in found["pulls"]] == [("b", "failure")]
    assert on_forge(world, "b") == [("failure", f"{said}; frozen")]
    [one] = found["torn"]
    assert (one["group"], one["extent"], one["left"], one["said"]) == (
        "final", "prefix", ["b"], said,
    )  # fmt: skip
    assert one["landed"] == [{"stage": "a", "commit": commit}]
    line = world.plan_text().splitlines().index('stages = ["a", "b"]') + 1
    assert read(world)[:5] == [
        f"  b              #{b:<6} closed  {said}; frozen",
        f"Torn: final: {said}; frozen: b.",
        "  land the rest:  stacker land --group final --rest",
        f"  take a out again:  stacker land --revert {commit}",
        f'  accept it: series.toml:{line}, take "a" out of [groups.final]',
    ]
    world.edit_patch("b", b"@@ -0,0 +1 @@\n+", b"@@ -0,0 +1 @@\n+more ")
    assert document(world, code=6)["torn"] == found["torn"]
    world.edit_patch("b", b"@@ -0,0 +1 @@\n+more ", b"@@ -0,0 +1 @@\n+")
    # A series that was rebased on it knows no more and no less.
    world.good("rebase")
    again = document(world, code=6)
    assert again["torn"] == found["torn"]
    # Who accepts it says so in the plan: what is left is a group of its own.
    world.plan(dict.fromkeys("ab"), more='[groups.final]\nstages = ["b"]\n')
    found = document(world)
    assert [(p["stage"], p["state"]) for p in found["pulls"]] == [("b", "success")]


def test_what_was_taken_out_again_has_not_landed(gated):
    world = gated()
    merge(world, "a")
    git(world.upstream.path, "update-ref", "refs/heads/master", _revert(world.upstream.path))
    found = document(world)
    assert found["torn"] == []
    [(state, said)] = on_forge(world, "b")
    a = world.lock.stage("a").pull
    assert (state, said) == (
        "failure",
        f"Lands only together with #{a}: stacker land --group final",
    )


def test_from_a_fork_the_last_members_pull_request_holds_the_whole_group(gated):
    world = gated()
    merge(world, "b")
    found = document(world)
    assert found["torn"] == []
    assert on_forge(world, "a") == [("success", "All of final has landed")]


def test_one_in_the_middle_brings_all_below_it(gated):
    world = gated(more=THREE, stages=ABC)
    commit = merge(world, "b")
    found = document(world, code=6)
    [one] = found["torn"]
    assert (one["extent"], one["left"]) == ("prefix", ["c"])
    a, b = (world.lock.stage(s).pull for s in "ab")
    assert one["said"] == f"#{a}, #{b} landed alone as {commit[:8]}"
    assert [way["command"] for way in one["ways"]] == [
        "stacker land --group final --rest", f"stacker land --revert {commit}", "",
    ]  # fmt: skip


def test_what_was_changed_on_the_way_in_is_there_all_the_same(gated):
    world = gated()
    world.fix("s/a", "Polish", {"a.txt": "a\nand more\n"})
    commit = merge(world, "a")
    found = document(world, code=6)
    assert found["torn"][0]["landed"] == [{"stage": "a", "commit": commit}]


def test_a_head_that_is_pushed_meanwhile_is_judged_again(gated):
    world = gated()
    pushed = []

    def act(method, path):
        if method == "POST" and "/statuses/" in path and not pushed:
            pushed.append(world.push_foreign("s/b"))

    world.door.act = act
    said = {p["stage"]: p for p in gate(world)}
    assert (said["b"]["head"], said["b"]["state"], said["b"]["changed"]) == (
        pushed[0], "failure", True,
    )  # fmt: skip
    assert on_forge(world, "b")[0][0] == "failure"


def test_who_pushes_all_the_time_does_not_get_through(gated):
    world = gated()

    def act(method, path):
        if method == "POST" and "/statuses/" in path:
            world.push_foreign("s/b")

    world.door.act = act
    with acting_as(world, "up"):
        ran = world.run("gate")
    assert (ran.code, ran.document["error"]["message"]) == (
        1, "heads of pull requests move all the time; what was seen last is judged",
    )  # fmt: skip


def _revert(where):
    tip = git(where, "rev-parse", "master")
    return git(where, "commit-tree", "-p", tip, "-m", "Revert", f"{tip}~1^{{tree}}")


def test_the_rest_lands_and_the_gate_has_nothing_more_to_say(gated):
    """Where only squashes are taken, what is left lands by its own pull request: the gate opens on
    that head alone."""
    world = gated()
    merge(world, "a")
    methods(world, "squash")
    protect(world, checks=["land-together"], approvals=0)
    document(world, code=6)
    assert land(world, code=6)["state"] == "torn"
    world.good("rebase")
    world.submit()
    world.approve("b")
    document(world, code=6)
    assert land(world, "--group", "final", "--rest")["state"] == "landed"
    assert document(world) == {"pulls": [], "torn": []}


def test_what_was_merged_alone_is_taken_out_again(gated):
    world = gated()
    commit = merge(world, "a")
    document(world, code=6)
    done = land(world, "--revert", commit)
    assert done["state"] == "landed", done
    assert inside(world, master(world)) == set()
    assert document(world)["torn"] == []
