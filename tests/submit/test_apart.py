"""Branches of upstream's own that may not move without each other, on a forge that really merges.

The patches of each stage went to the one before it. So the first branch becomes what the second
one was, on which that one's pull request stands.
"""

from __future__ import annotations

import pytest
from submit_world import World, kinds

from stacker.hub import server
from stacker.hub.call import Limits

PULLS = [(1, "open", "master"), (2, "open", "s/a")]


@pytest.fixture
def world(tmp_path, run_stacker, monkeypatch, request):
    limits = Limits(refs_a_push=1) if "one_at_a_time" in request.fixturenames else Limits()
    monkeypatch.setitem(server.start.__kwdefaults__, "limits", limits)
    world = World.new(tmp_path, run_stacker, monkeypatch, ids="abc", fork="")
    world.submit("a", "b")
    for one, other, number in (("b", "a", 2), ("c", "b", 1)):
        (patch,) = (world.folder / "patches" / one).iterdir()
        patch.rename(world.folder / "patches" / other / f"{number:04}-{one}.patch")
    (world.folder / "patches" / "c").rmdir()
    world.plan({"a": [], "b": ["a"]})
    yield world
    world.close()


@pytest.fixture
def one_at_a_time():
    """A forge whose push policy is one branch at a time."""


def there(world):
    return sorted((p["number"], p["state"], p["base"]["ref"]) for p in world.pulls())


def test_all_at_once_is_right(world):
    world.submit()
    assert there(world) == PULLS
    world.reviewable()


@pytest.mark.usefixtures("one_at_a_time")
def test_they_do_not_go_out_in_parts(world):
    before = world.branches()
    ran = world.run("submit")
    assert ran.code == 1
    hint = ran.document["error"]["hint"]
    assert "have to move at once" in hint
    assert "stacker submit STAGE" in hint
    assert (world.branches(), there(world)) == (before, PULLS)
    world.change("b", base="master")  # so nothing stands on the branch that moves
    world.submit()
    assert there(world) == PULLS
    world.reviewable()


def test_one_of_them_alone_is_stopped(world):
    """The one that is not asked for would be called merged."""
    before = world.branches()
    ran = world.run("submit", "a")
    assert ran.code == 5
    (stop,) = ran.document["stopped"]
    assert (stop["stage"], stop["number"]) == ("b", 2)
    assert "the forge would call #2 merged" in stop["text"]
    assert "`stacker submit` without a stage moves all of them" in stop["way_out"]
    assert (world.branches(), there(world)) == (before, PULLS)
    world.change("b", base="master")
    assert "push" in kinds(world.submit("a"))
    assert there(world) == [PULLS[0], (2, "open", "master")]
    world.submit()
    assert there(world) == PULLS
    world.reviewable()
