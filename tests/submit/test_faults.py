"""Whatever goes wrong on the way, a submit that is run again ends where one ends without faults.

The world has every kind of change in one submit: two stages to push and open, one with another
title, one that was taken out of the plan.
"""

from __future__ import annotations

import pytest
from submit_world import UPSTREAM, World, copies, kinds

from stacker.hub.faults.rules import After, Before, Reply, Rule, Stale
from stacker.hub.limits import TOO_FAST

BROKEN = Reply(502, {"message": "Server Error"})
PUSH = {"method": "POST", "path": "/*/*/git-receive-pack"}
OPEN = {"method": "POST", "path": "/repos/*/*/pulls"}
EDIT = {"method": "PATCH", "path": "/repos/*/*/pulls/*"}
SAY = {"method": "POST", "path": "/repos/*/*/issues/*/comments"}
READ = {"method": "POST", "path": "/graphql", "contains": "query"}
DRAFT = {"method": "POST", "path": "/graphql", "contains": "mutation"}


DONE = ["push", "open", "open", "draft", "comment", *["edit"] * 3]


def busy(folder, run, patch, **_):
    """A world in which all of that is still to be done; its hub does not run."""
    world = World.new(folder, run, patch, ids="abcd")
    world.plan({"a": [], "b": ["a"], "c": ["b"], "d": []})
    world.submit("a", "d")
    world.plan({"a": [], "b": ["a"], "c": ["b"]})
    world.text("a", "# Another title\n\nAnd a text.\n")
    world.close()
    return world


@pytest.fixture
def made(models, tmp_path, tmp_path_factory, run_stacker, monkeypatch):
    with copies(models, tmp_path, tmp_path_factory, run_stacker, monkeypatch, new=busy) as made:
        yield made


def state(world):
    """All that people see."""
    said = [world.ask("GET", f"/repos/{UPSTREAM}/issues/{p['number']}/comments")
            for p in world.pulls()]  # fmt: skip
    return world.snapshot(), [[one["body"] for one in comments] for comments in said]


@pytest.fixture(scope="module")
def undisturbed():
    """How it ends without faults; filled by the first test."""
    return []


@pytest.fixture
def world(made, undisturbed):
    if not undisturbed:
        other = made(kind="busy")
        assert kinds(other.submit()) == DONE
        undisturbed.append(state(other))
    return made(kind="busy")


def test_stopped_before_each_change_in_turn_it_says_what_to_do(world, undisturbed):
    """The request does not arrive, or is refused; what was done before that stays."""
    mine = "may not open pull requests in up/proj"
    points = [
        (PUSH, None, ""),
        (OPEN, BROKEN, "not made twice"),
        (OPEN, Reply(429, {"message": TOO_FAST}, {"Retry-After": "86400"}), "pause"),
        (OPEN, Reply(403, {"message": "Resource not accessible by personal access token"}), mine),
        (OPEN | {"nth": 2}, Reply(404, {"message": "Not Found"}), mine),
        (OPEN, None, "not made twice"),
        (DRAFT, BROKEN, "not made twice"),
        (SAY, None, "not made twice"),
    ]
    for at, reply, hint in points:
        world.hub.faults.set(Rule(Before(reply), **at))
        ran = world.run("submit")
        assert ran.code in (1, 6)
        assert hint in ran.document["error"]["hint"]
        assert len(world.hub.faults.struck) == 1
    world.hub.faults.set()
    assert kinds(world.submit())[0] == "comment"
    assert [state(world)] == undisturbed
    assert world.submit()["actions"] == []


def test_where_no_answer_arrives_it_is_looked_for(world, undisturbed):
    """All changes are made, and each is found when nothing is heard of it: one run is enough."""
    lost = [(PUSH, None), (OPEN, None), (OPEN | {"nth": 2}, BROKEN), (EDIT, None),
            (EDIT | {"nth": 2}, BROKEN), (DRAFT, None), (SAY, BROKEN)]  # fmt: skip
    world.hub.faults.set(*(Rule(After(reply), **at) for at, reply in lost))
    assert kinds(world.submit()) == DONE
    assert len(world.hub.faults.struck) == len(lost)
    world.hub.faults.set()
    assert [state(world)] == undisturbed
    assert world.submit()["actions"] == []


def test_reads_that_fail_or_are_old_are_asked_again(world, undisturbed):
    """What was opened and stays unseen is told, and is no second one in the next run."""
    old = Rule(Stale(3), **READ, nth=3, times=None)  # a draft and a comment come after the opening
    world.hub.faults.set(Rule(Before(BROKEN), **READ), old)
    ran = world.run("submit")
    assert ran.code == 1
    assert "was opened in up/proj, and the forge does not show it yet" in ran.document["error"][
        "message"
    ]  # fmt: skip
    old = Rule(Stale(), **READ, nth=3)
    world.hub.faults.set(old, Rule(Before(BROKEN), **EDIT))
    world.submit()
    assert len(world.hub.faults.struck) == 2
    world.hub.faults.set()
    assert [state(world)] == undisturbed
    assert world.submit()["actions"] == []
