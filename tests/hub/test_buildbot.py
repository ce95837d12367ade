"""What Buildbot's GitHub reporter and webhook ask of a forge, asked by plain HTTP and git.

Their addresses are those of buildbot/reporters/github.py and of
buildbot/www/hooks/github.py in Buildbot 4.3.
"""

from __future__ import annotations

import pytest
from hub_world import good

R = "/api/v3/repos/guido/cpython"


@pytest.fixture
def pull(world, forked):
    world.quick("guido").add_to_collaborators("zooba", "push")
    return world.propose(forked, "ctypes", {"a": "1"})


def report(world, oid, state, name="zooba", **more):
    """As GitHubStatusPush does for each build that starts or ends."""
    body = {
        "state": state, "description": f"Build {state}.", "context": "buildbot/arm32",
        "target_url": "https://buildbot.example.org/#/builders/1/builds/1",
    }  # fmt: skip
    headers = {"Authorization": f"token {world.token(name)}", "User-Agent": "Buildbot"}
    return world.ask("POST", f"{R}/statuses/{oid}", body | more, headers=headers)[0]


def test_the_reporter_says_how_a_build_went(world, pull):
    oid = pull.head.sha
    assert [report(world, oid, state) for state in ("pending", "pending", "success")] == [201] * 3
    combined = world.ask("GET", f"{R}/commits/{oid}/status")[2]
    assert (combined["state"], combined["total_count"]) == ("success", 1)
    assert combined["statuses"][0]["context"] == "buildbot/arm32"
    assert report(world, oid, "failure", target_url=None, description=None) == 201
    assert world.ask("GET", f"{R}/commits/{oid}/status")[2]["state"] == "failure"


def test_a_reporter_without_the_right_to_is_told(world, pull):
    assert report(world, pull.head.sha, "success", name="mariatta") == 404
    assert report(world, "1" * 40, "success") == 422


def test_the_webhook_looks_up_message_and_files(world, forked, pull):
    shown = world.ask("GET", f"{R}/commits/{pull.head.sha}", name="zooba")[2]
    assert shown["commit"]["message"] == "Work on ctypes"
    files = world.ask("GET", f"{R}/pulls/1/files", name="zooba")[2]
    assert [each["filename"] for each in files] == ["a"]


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
