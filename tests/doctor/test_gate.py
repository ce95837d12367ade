"""The level that `doctor` reads from a forge, on the hub."""

from __future__ import annotations

import land_world
import pytest
from land_world import UPSTREAM, acting_as
from submit_world import git


@pytest.fixture(scope="module")
def models():
    return {}


@pytest.fixture
def world(models, tmp_path, tmp_path_factory, run_stacker, monkeypatch):
    """A submitted group of two on a hub that runs."""
    with land_world.copies(models, tmp_path, tmp_path_factory, run_stacker, monkeypatch) as made:
        yield made()


def gate(world, *arguments):
    [found] = [
        one for one in world.run("doctor", *arguments).document["checks"]
        if one["name"].startswith("gate")
    ]  # fmt: skip
    return found["message"][:2], found["state"], found["hint"]


def install(world):
    """Upstream merges the gate's workflow."""
    path = ".github/workflows/land-together.yml"
    repository = world.upstream.path
    file = world.folder / "gate.yml"
    file.write_text("on: pull_request_target\n", encoding="utf-8", newline="\n")
    blob = git(repository, "hash-object", "-w", str(file))
    index = ("-c", "core.bare=true")
    git(repository, *index, "read-tree", "master")
    git(repository, *index, "update-index", "--add", "--cacheinfo", f"100644,{blob},{path}")
    tree = git(repository, *index, "write-tree")
    commit = git(repository, "commit-tree", tree, "-p", "master", "-m", "Add the gate")
    git(repository, "update-ref", "refs/heads/master", commit)


def require(world, app=None, *rules, bypass=()):
    check = {"context": "land-together"} | ({"integration_id": app} if app else {})
    body = {
        "name": "gate", "enforcement": "active", "bypass_actors": list(bypass),
        "conditions": {"ref_name": {"include": ["~DEFAULT_BRANCH"], "exclude": []}},
        "rules": [{"type": "required_status_checks", "parameters": {
            "required_status_checks": [check]}}, *rules],
    }  # fmt: skip
    world.ask("POST", f"/repos/{UPSTREAM}/rulesets", body, "up")


def test_from_a_click_to_the_sole_updater(world):
    level, state, hint = gate(world)
    assert (level, state) == ("L1", "warning")
    assert "`stacker gate workflow` prints it" in hint
    install(world)
    assert gate(world)[0] == "L1"
    require(world)
    level, state, hint = gate(world)
    assert (level, state) == ("L4", "ok")
    assert "sets a status of that name" in hint
    with acting_as(world, "up"):
        assert gate(world, "--for", "land")[0] == "L4"
    require(world, 15368)
    assert gate(world)[0] == "L5"
    app = {"actor_type": "Integration", "actor_id": 15368}
    require(world, 15368, {"type": "update"}, bypass=[app])
    level, _, hint = gate(world)
    assert (level, "only admins are shown" in hint) == ("L5", True)
    with acting_as(world, "up"):
        found = world.run("doctor", "--for", "land").document["checks"]
    [level] = [one["message"] for one in found if one["name"].startswith("gate")]
    assert level.startswith("L6")
    [rules] = [one for one in found if one["name"].startswith("rules")]
    assert rules["state"] == "warning"
    assert "changed by Integration 15368 alone" in rules["message"]
    assert "who may, has to land" in rules["hint"]
