"""A required check that one app has to report, and others who report under its name."""

from __future__ import annotations

import json
import urllib.request

from land_world import STAGING, UPSTREAM, all_or_none, land, reasons, status
from submit_world import git

from stacker.hub.server import User, start

AZURE, OTHER = "azure-pipelines[bot]", "other[bot]"


def report(world, app, oid, name="CI"):
    """An app, which only a second server of the same hub knows, reports; the app's id."""
    body = json.dumps({"name": name, "head_sha": oid, "conclusion": "success"}).encode()
    with start(world.hub.root, [User(app, "of-the-app")]) as theirs:
        request = urllib.request.Request(
            f"{theirs.api}/repos/{UPSTREAM}/check-runs", body,
            {"Authorization": "Bearer of-the-app"},
        )  # fmt: skip
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)["app"]["id"]


def bind(world, app):
    """Let the branch require `CI` from one app."""
    checks = [{"context": "CI", "integration_id": app}]
    rule = {"type": "required_status_checks", "parameters": {"required_status_checks": checks}}
    body = {
        "name": "ci", "enforcement": "active", "rules": [rule],
        "conditions": {"ref_name": {"include": ["~DEFAULT_BRANCH"], "exclude": []}},
    }  # fmt: skip
    world.ask("POST", f"/repos/{UPSTREAM}/rulesets", body, "up")


def test_the_right_name_from_the_wrong_app_lands_nothing(approved):
    world = approved()
    number = report(world, AZURE, git(world.upstream.path, "rev-parse", "master"), "else")
    bind(world, number)
    assert land(world, code=5)["state"] == "waiting"
    candidate = git(world.upstream.path, "rev-parse", STAGING)
    status(world, candidate, "CI")
    report(world, OTHER, candidate)
    said = land(world, code=5)
    where = f"on the candidate {candidate[:10]}"
    text = f"CI has passed {where}, but it is not app {number} that said so, as the rules ask"
    assert reasons(said) == [("CI", None, text)]
    assert all_or_none(world) == 0
    report(world, AZURE, candidate)
    assert land(world)["commit"] == candidate
    assert all_or_none(world) == 1
