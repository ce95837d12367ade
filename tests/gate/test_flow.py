"""`stacker gate`: a member of a group is not let through alone, and everything else is."""

from __future__ import annotations

from gate_world import gate, on_forge, press
from land_world import acting_as, land, life, protect, status

MORE = '[groups.final]\nstages = ["b"]\n'


def test_each_member_fails_and_names_the_others(gated):
    world = gated()
    said = gate(world)
    a, b = (world.lock.stage(s).pull for s in "ab")
    assert [(p["stage"], p["number"], p["state"], p["changed"]) for p in said] == [
        ("a", a, "failure", True), ("b", b, "failure", True),
    ]  # fmt: skip
    assert on_forge(world, "a") == [
        ("failure", f"Lands only together with #{b}: stacker land --group final")
    ]
    assert on_forge(world, "b") == [
        ("failure", f"Lands only together with #{a}: stacker land --group final")
    ]
    assert {p["head"] for p in said} == {world.pull(s)["head"]["sha"] for s in "ab"}


def test_only_what_changed_is_sent(gated):
    world = gated()
    gate(world)
    world.door.seen.clear()
    assert [p["changed"] for p in gate(world)] == [False, False]
    assert world.door.writes == []
    head = world.pull("a")["head"]["sha"]
    status(world, head, "land-together", "success")  # somebody who may write forges it
    assert [p["changed"] for p in gate(world)] == [True, False]
    assert on_forge(world, "a")[0][0] == "failure"


def test_a_new_head_is_told_anew(gated):
    world = gated()
    gate(world)
    world.edit_patch("b", b"@@ -0,0 +1 @@\n+", b"@@ -0,0 +1 @@\n+more ")
    world.submit()
    assert on_forge(world, "b") == []
    assert [p["changed"] for p in gate(world)] == [False, True]
    assert on_forge(world, "b")[0][0] == "failure"


def test_a_dry_run_reports_nothing(gated):
    world = gated()
    assert [p["changed"] for p in gate(world, "--dry-run")] == [True, True]
    assert on_forge(world, "a") == on_forge(world, "b") == []


def test_what_is_in_no_group_passes(gated):
    world = gated(more="")
    assert [p["state"] for p in gate(world)] == ["success", "success"]
    assert on_forge(world, "a") == [("success", "Lands with no other: may be merged alone")]


def test_a_group_of_one_passes(gated):
    world = gated(more=MORE)
    assert [p["state"] for p in gate(world)] == ["success", "success"]


def test_the_forge_refuses_a_lone_merge(gated):
    world = gated()
    protect(world, checks=["land-together"])
    for stage in "ab":
        world.graph("markPullRequestReadyForReview", world.pull(stage))
        assert press(world, stage) is None  # nobody has said anything yet: closed
    gate(world)
    assert [press(world, stage) for stage in "ab"] == [None, None]
    assert life(world) == []
    assert land(world)["state"] == "landed"


def test_another_group_is_not_touched(gated):
    world = gated()
    with acting_as(world, "up"):
        assert world.run("gate", "--group", "nonsense").code == 2
    assert on_forge(world, "a") == []


def test_who_may_not_report_is_told_who_may(gated):
    world = gated()
    ran = world.run("gate")  # by the porter
    assert ran.code == 1
    assert ran.document["error"]["hint"].startswith("Who may write to up/proj has to run this.")
