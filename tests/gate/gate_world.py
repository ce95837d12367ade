"""What a coordinator, the forge and a maintainer who does not look do in tests of the gate."""

from __future__ import annotations

from land_world import UPSTREAM, acting_as, master


def gate(world, *arguments, code=0):
    """What the gate says of each pull request."""
    return document(world, *arguments, code=code)["pulls"]


def document(world, *arguments, code=0):
    """`stacker gate --json` by the coordinator."""
    with acting_as(world, "up"):
        ran = world.run("gate", *arguments)
    assert ran.code == code, (ran.code, ran.out, ran.err)
    return ran.document


def on_forge(world, stage):
    """The gate's words on a member's head, newest first."""
    head = world.pull(stage)["head"]["sha"]
    found = world.ask("GET", f"/repos/{UPSTREAM}/commits/{head}/statuses")
    return [(s["state"], s["description"]) for s in found if s["context"] == "land-together"]


def press(world, stage, who="zed"):
    """Try to merge one alone; whether the forge did it."""
    number = world.lock.stage(stage).pull
    body = {"merge_method": "squash"}
    return world.ask("PUT", f"/repos/{UPSTREAM}/pulls/{number}/merge", body, who, ok=False)


def merge(world, stage):
    """Merge one alone; the commit that it became."""
    world.graph("markPullRequestReadyForReview", world.pull(stage))
    assert press(world, stage) is not None
    return master(world)
