"""Approvals of an earlier head: which stand when upstream moved, and which when somebody edited."""

from __future__ import annotations

import pytest
from land_world import land, protect, reasons
from submit_world import UPSTREAM

ANOTHER = b"@@ -0,0 +1 @@\n+", b"@@ -0,0 +1 @@\n+more "


def rule(world, word):
    """Say in the plan which approvals stand."""
    path = world.folder / "series.toml"
    kept = [line for line in world.plan_text().split("\n") if not line.startswith('approvals = "')]
    kept.insert(kept.index("[series]") + 1, f'approvals = "{word}"')
    path.write_text("\n".join(kept), encoding="utf-8", newline="\n")


def move_base(world):
    """Upstream moves, and the pull requests go after it: other heads, the same changes."""
    before = world.branches()
    world.drift("up")
    world.good("rebase")
    world.submit("--move-base")
    assert not set(before.values()) & set(world.branches().values())


def in_the_way(world):
    """Why it may not land, by stage."""
    return {stage: text for _, stage, text in reasons(land(world, code=5))}


def states(world):
    """By stage, what `status` says of its approvals."""
    stages = world.good("status")["stages"]
    return {s["id"]: [a["state"] for a in s["review"]["approvals"]] for s in stages}


@pytest.fixture
def moved(ready):
    """Approved as v1, moved after upstream since."""
    rule(ready, "same-diff")
    move_base(ready)
    return ready


def test_the_same_change_on_another_base_stands_only_where_the_plan_says_so(moved):
    assert states(moved) == {"a": ["same-change"], "b": ["same-change"]}
    assert "zed approved v1, the same change" in moved._run("review", "b", cwd=moved.folder).out
    rule(moved, "head")
    why = "#1 has 0 of 1 approvals that stand: zed approved an earlier head"
    assert in_the_way(moved)["a"] == why
    rule(moved, "same-diff")
    assert land(moved)["state"] == "landed"


def test_of_an_edited_stage_none_stands_and_of_those_above_it_they_do(moved):
    moved.edit_patch("a", *ANOTHER)
    moved.submit()
    why = "#1 has 0 of 1 approvals that stand: zed approved v1, and the change is another since"
    assert in_the_way(moved) == {"a": why}


def test_what_somebody_dismissed_stands_no_more(moved):
    path = f"/repos/{UPSTREAM}/pulls/2/reviews"
    [approval] = moved.ask("GET", path)
    moved.ask("PUT", f"{path}/{approval['id']}/dismissals", {"message": "Look again."}, "up")
    why = "#2 has 0 of 1 approvals that stand: the review of zed was dismissed"
    assert in_the_way(moved) == {"b": why}


def test_what_upstreams_rule_dismissed_stands_no_more(ready):
    rule(ready, "same-diff")
    protect(ready, approvals=1, dismiss=True)
    move_base(ready)
    why = "#1 has 0 of 1 approvals that stand: the review of zed was dismissed"
    assert in_the_way(ready)["a"] == why
    assert states(ready) == {"a": ["dismissed"], "b": ["dismissed"]}
