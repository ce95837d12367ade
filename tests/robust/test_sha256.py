"""A repository whose ids are SHA-256, from the first import to the last version."""

from __future__ import annotations

import subprocess

import pytest
from robust_world import edited
from world import World, stages, statuses


def git(folder, *arguments):
    done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode().strip()


@pytest.fixture
def clone(tmp_path):
    """`main` has a base and drift, `port` two commits on the base."""
    clone = tmp_path / "clone"
    git(tmp_path, "init", "-q", "-b", "main", "--object-format=sha256", "clone")

    def commit(message, **files):
        for name, content in files.items():
            (clone / f"{name}.c").write_text(content, encoding="utf-8", newline="\n")
        git(clone, "add", "-A")
        git(clone, "commit", "-q", "-m", message)

    commit("start", a=edited(), b=edited())
    git(clone, "checkout", "-q", "-b", "port")
    commit("First", a=edited((25, "port")))
    commit("Second", b=edited((25, "port")))
    git(clone, "checkout", "-q", "main")
    commit("drift", a=edited((1, "drift")))
    return clone


def rebased(clone, onto):
    """The trees that git's own rebase makes."""
    git(clone, "checkout", "-q", "--detach", "port")
    git(clone, "rebase", "-q", "--onto", onto, "main~1" if onto == "main" else "main~2")
    return git(clone, "log", "--reverse", "--format=%T", f"{onto}..HEAD").split()


def test_the_whole_life(tmp_path, run_stacker, clone):
    ran = run_stacker("--json", "init", "home", "--upstream", clone, "--branch", "main")
    assert ran.code == 0, ran.out
    world = World(None, tmp_path / "home", run_stacker)
    world.stacker("import", "main~1..port", "--from", str(clone), "--stage-per-commit")
    document = world.stacker("rebase")
    assert len(document["base"]) == 64
    assert [s["tree"] for s in document["stages"]] == rebased(clone, "main")
    git(clone, "checkout", "-q", "main")
    (clone / "b.c").write_text(edited((25, "theirs")), encoding="utf-8", newline="\n")
    git(clone, "commit", "-q", "-am", "break")
    document = world.stacker("rebase", code=3)
    assert statuses(document) == {"first": "rebased", "second": "conflict"}
    done = world.stacker("resolve", "--take", "mine")
    second = stages(done)["second"]["commit"]
    assert world.git("show", f"{second}:b.c") == edited((25, "port")).strip()
    world.git("fsck", "--strict", "--no-dangling")
    version = done["version"]
    assert world.stacker("undo")["version"] < version
    assert world.stacker("undo")["version"] == version
    assert set(statuses(world.stacker("rebase")).values()) == {"unchanged"}
    # Elsewhere the same is built from the files alone.
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    for name, content in world.files().items():
        (fresh / name).parent.mkdir(parents=True, exist_ok=True)
        (fresh / name).write_bytes(content)
    ran = run_stacker("--json", "rebase", cwd=fresh)
    assert ran.code == 0, ran.out
    assert [s["commit"] for s in ran.document["stages"]] == [s["commit"] for s in done["stages"]]
