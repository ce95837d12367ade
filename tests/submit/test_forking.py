"""A fork that the plan names, and the forge does not have yet."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from submit_world import FORK, UPSTREAM, kinds

from stacker.hub.faults.rules import After, Before, Reply, Rule

ROOT = Path(__file__).parents[2]
INFO = f"/{FORK}.git/info/refs"


@pytest.fixture
def bare(make):
    """A series whose fork nobody has made."""
    world = make(ids="a")
    shutil.rmtree(world.fork)
    world.hub.stop()
    (world.root / "hub" / "hub.sqlite").unlink()
    world.serve()
    return world


def forked(world):
    return world.fork.is_dir()


def test_nothing_is_made_that_nobody_asked_for(bare):
    ran = bare.run("submit", "--yes")
    assert ran.code == 1
    error = ran.document["error"]
    assert error["message"].startswith(f"the forge has no {FORK} (of {UPSTREAM})")
    assert "`stacker submit --create-fork`" in error["hint"]
    assert bare.door.writes == []
    assert not forked(bare)


def test_it_is_made_before_all_else(bare):
    dry = bare.good("submit", "--dry-run")
    assert not forked(bare)
    first, *rest = dry["actions"]
    assert first == {
        "kind": "fork", "repository": "proj", "stage": None, "upstream": UPSTREAM, "fork": FORK,
    }  # fmt: skip
    done = bare.good("submit", "--create-fork")
    assert kinds(done) == ["fork", *[action["kind"] for action in rest]]
    assert set(bare.branches()) == {"s/a"}
    assert bare.good("submit", "--create-fork")["actions"] == []


def test_a_forge_takes_its_time(bare):
    copying = Before(Reply(404, {"message": "Not Found"}))
    bare.hub.faults.set(Rule(copying, "GET", INFO, nth=2, times=3))
    bare.good("submit", "--create-fork")
    assert len(bare.hub.faults.struck) == 3
    assert set(bare.branches()) == {"s/a"}


def test_one_that_never_comes_is_an_error_and_the_next_run_goes_on(bare):
    bare.hub.faults.set(Rule(Before(Reply(404)), "GET", INFO, nth=2, times=10))
    ran = bare.run("submit", "--create-fork")
    assert ran.code == 1
    assert ran.document["error"]["message"].startswith(f"{FORK} was asked for")
    assert kinds(bare.good("submit"))[0] == "push"


def test_an_answer_that_is_lost_is_looked_for(bare):
    bare.hub.faults.set(Rule(After(), "POST", f"/repos/{UPSTREAM}/forks"))
    assert kinds(bare.good("submit", "--create-fork"))[0] == "fork"
    asked = [path for _, path, _ in bare.door.writes if path.endswith("/forks")]
    assert len(asked) == 1


def test_a_fork_of_another_name_is_told(bare):
    bare.ask("POST", f"/repos/{UPSTREAM}/forks", {"name": "mine"})
    ran = bare.run("submit", "--create-fork")
    assert ran.code == 1
    assert ran.document["error"]["hint"] == (
        'Name it in series.toml: `fork = "porter/mine"` in repositories.proj.'
    )
    assert not forked(bare)


def test_an_upstream_without_fork_is_no_fork_that_is_missing(make):
    world = make(fork="", ids="a")
    shutil.move(world.upstream.path, world.root / "away.git")
    ran = world.run("submit", "--create-fork")
    assert ran.code == 1
    assert "cannot read the repository" in ran.document["error"]["message"]
    assert world.door.writes == []


@pytest.mark.skipif(os.name == "nt", reason="Windows has no pseudo-terminals like these")
def test_a_person_is_asked(bare):
    ours, theirs = os.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "stacker", "submit"], cwd=bare.folder, stdin=theirs, stderr=theirs,
        stdout=subprocess.PIPE, env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    os.close(theirs)
    os.write(ours, b"y\n")
    shown = process.communicate(timeout=60)[0].decode()
    heard = os.read(ours, 65536).decode()
    os.close(ours)
    assert process.returncode == 0
    assert f"Create it on {bare.hub.url}? [y/N]" in heard
    assert "fork   up/proj: as porter/proj" in shown
