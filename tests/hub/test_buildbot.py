"""Buildbot's GitHub reporter and webhook work on the hub: its own code, in its own process."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hub_world import good

CLIENTS = Path(__file__).with_name("buildbot_clients.py")
SECRET = "shared-with-the-forge"
R = "/api/v3/repos/guido/cpython"


@pytest.fixture
def pull(world, forked):
    world.quick("guido").add_to_collaborators("zooba", "push")
    return world.propose(forked, "ctypes", {"a": "1"})


def buildbot(world, *wanted, name="zooba"):
    """What Buildbot's clients say when they were to do that."""
    words = [sys.executable, str(CLIENTS), world.hub.api, world.token(name)]
    done = subprocess.run(
        words, input=json.dumps(wanted), capture_output=True, text=True, check=False,
        cwd=CLIENTS.parent,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def combined(world, head):
    """The one state of a commit, and of which contexts it is made."""
    shown = world.ask("GET", f"{R}/commits/{head}/status")[2]
    assert shown["total_count"] == len(shown["statuses"])
    return shown["state"], [one["context"] for one in shown["statuses"]]


def opened(pull, action="opened"):
    """The event that GitHub sends of a pull request; what the forge says of it is in there."""
    shown = pull.raw_data
    return {
        "action": action, "number": pull.number, "pull_request": shown,
        "repository": shown["base"]["repo"], "sender": shown["user"],
    }  # fmt: skip


def test_builds_are_reported_and_looked_up(world, pull):
    head, wrong = pull.head.sha, "another secret"
    said = buildbot(
        world,
        ["status", head, 1, None], ["status", head, 1, "success"], ["comment", head, 1, "success"],
        ["event", opened(pull), SECRET, SECRET],
        ["event", opened(pull, "edited"), SECRET, SECRET],
        ["event", opened(pull), wrong, SECRET],
    )  # fmt: skip
    change = {"revision": head, "branch": "refs/pull/1/merge", "files": ["a"]}
    assert said == ["done", "done", "done", [change], [], "Hash mismatch"]
    statuses = world.ask("GET", f"{R}/commits/{head}/statuses")[2]
    assert [(s["state"], s["description"]) for s in statuses] == [
        ("success", "Build success."), ("pending", "Build started."),
    ]  # fmt: skip
    assert combined(world, head) == ("success", ["buildbot/arm32"])
    assert {s["context"] for s in statuses} == {"buildbot/arm32"}
    assert {s["target_url"] for s in statuses} == {"https://bots.example.org/#/builders/1/builds/1"}
    (comment,) = world.ask("GET", f"{R}/issues/1/comments")[2]
    assert (comment["user"]["login"], comment["body"]) == ("zooba", "Build success.")


def test_a_failure_is_what_counts_and_an_unknown_commit_has_none(world, pull):
    head = pull.head.sha
    said = buildbot(
        world,
        ["create", "1" * 40, "success"], ["status", head, 1, "success"],
        ["status", head, 1, "failure"],
    )  # fmt: skip
    assert said == [422, "done", "done"]
    assert combined(world, head) == ("failure", ["buildbot/arm32"])


def test_a_reporter_without_the_right_reports_nothing(world, pull):
    head = pull.head.sha
    said = buildbot(
        world, ["status", head, 1, "failure"], ["create", head, "success"], name="mariatta"
    )
    assert said == ["done", 404]
    assert world.ask("GET", f"{R}/commits/{head}/statuses")[2] == []


def test_a_build_fetches_the_merge(world, forked, pull, tmp_path):
    good("init", "-q", "build", cwd=tmp_path)

    def fetched():
        url = f"{world.hub.url}/guido/cpython.git"
        good("fetch", "-q", url, "refs/pull/1/merge", cwd=tmp_path / "build")
        return good("rev-parse", "FETCH_HEAD^1", "FETCH_HEAD^2", cwd=tmp_path / "build").split()

    assert fetched() == [world.tip(), pull.head.sha]
    forked.git("checkout", "-q", "ctypes")
    new = forked.commit({"a": "2"})
    world.pushed(forked, "paulmon", "ctypes", to="paulmon/cpython")
    assert fetched() == [world.tip(), new]
    forked.git("checkout", "-q", "master")
    drift = forked.commit({"drift": "1"})
    world.pushed(forked, "guido", "master")
    assert fetched() == [drift, new]
