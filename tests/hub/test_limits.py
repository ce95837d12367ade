"""How fast content may be created: GitHub's secondary limit."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hub_world import WHEN, World

from stacker.hub.call import Limits

COMMENTS = "/api/v3/repos/guido/cpython/issues/1/comments"


@pytest.fixture
def slow(tmp_path):
    """A hub with small limits and a clock that stands at 12:00:05."""
    moment = [WHEN + timedelta(seconds=5)]
    limits = Limits(creations_a_minute=3, creations_an_hour=5)
    world = World(tmp_path, clock=lambda: moment[0], limits=limits)
    work = world.make()
    work.commit({"a": "1"}, on="topic")
    world.pushed(work, "guido", "topic")
    world.quick("guido").create_pull(title="T", head="topic", base="master")

    def wait(seconds):
        moment[0] += timedelta(seconds=seconds)

    world.wait = wait
    yield world
    world.close()


def say(world, name="zooba"):
    status, headers, body = world.ask("POST", COMMENTS, {"body": "Hello"}, name=name)
    return status, headers["Retry-After"], body


def test_too_much_in_a_minute_has_to_wait_for_the_next(slow):
    # https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits
    assert [say(slow)[0] for _ in range(3)] == [201, 201, 201]
    status, seconds, body = say(slow)
    assert (status, seconds) == (403, "55")
    assert body["message"].startswith("You have exceeded a secondary rate limit.")
    assert say(slow, "mariatta")[0] == 201
    slow.wait(54)
    assert say(slow)[:2] == (403, "1")
    slow.wait(1)
    assert say(slow)[0] == 201


def test_too_much_in_an_hour_has_to_wait_for_the_next(slow):
    # https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits
    for _ in range(3):
        assert say(slow)[0] == 201
    slow.wait(55)
    assert [say(slow)[0] for _ in range(2)] == [201, 201]
    assert say(slow)[:2] == (403, "3540")
    slow.wait(3540)
    assert say(slow)[0] == 201


def test_reading_and_changing_are_not_creating(slow):
    made = [say(slow)[2] for _ in range(3)]
    path = made[0]["url"].removeprefix(slow.hub.url)
    assert slow.ask("PATCH", path, {"body": "Better"}, name="zooba")[0] == 200
    assert slow.ask("GET", path, name="zooba")[0] == 200
    assert slow.ask("DELETE", path, name="zooba")[0] == 204
    assert say(slow)[0] == 403


def test_opening_reviewing_and_merging_are_creating(slow):
    """With the pull request that is there already these are three."""
    pull = "/api/v3/repos/guido/cpython/pulls/1"
    assert slow.ask("POST", f"{pull}/reviews", {"body": "Hm."}, name="guido")[0] == 200
    assert slow.ask("PUT", f"{pull}/merge", {}, name="guido")[0] == 200
    assert say(slow, "guido")[:2] == (403, "55")


def test_githubs_own_limits():
    assert Limits() == Limits(calls_an_hour=5000, creations_a_minute=80, creations_an_hour=500)
