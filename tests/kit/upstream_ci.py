"""Whoever plays upstream's CI on a hub, and a plan that goes by what it says."""

from __future__ import annotations

import submit_world

ACTIONS = "github-actions[bot]"
CHECK = "Tests / Windows (arm32)"
PLATFORM = f"""
[runners.upstream-ci]
kind = "github"
app = "github-actions"
[platforms.arm32]
runner = "upstream-ci"
builder = "{CHECK}"
"""
TEST = """
[[checks]]
name = "test"
run = ["{python}", "-c", ""]
"""


def with_apps(monkeypatch):
    """Hubs that are served from here on know the app of Actions."""
    people = (*submit_world.PEOPLE, ACTIONS)
    monkeypatch.setattr(submit_world, "PEOPLE", people)


def ends(world, oid, conclusion="success", *, event="pull_request", who=ACTIONS, name=CHECK):
    """A run of CI on a commit; without a conclusion it has not ended."""
    end = {"conclusion": conclusion} if conclusion else {"status": "in_progress"}
    run = {"name": name, "head_sha": oid, "event": event, "details_url": "https://ci.example/7"}
    world.ask("POST", f"/repos/{submit_world.UPSTREAM}/check-runs", run | end, who)
