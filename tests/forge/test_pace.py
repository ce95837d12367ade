"""How fast is asked: below what GitHub allows, and waiting where it wants a pause, with a word."""

from __future__ import annotations

import pytest

from stacker.errors import ForgeError
from stacker.forge.github import GitHub
from stacker.forge.pace import Pace

TOO_FAST = {"message": "You have exceeded a secondary rate limit."}
COMMENTS = "/repos/o/r/issues/7/comments"
MADE = {"id": 1, "user": {"login": "me"}, "body": "hi"}


class Time:
    """A clock that sleeping moves."""

    def __init__(self):
        self.now = 1000.0
        self.told = []

    def sleep(self, seconds):
        self.now += seconds

    def hear(self, what, done, total):
        self.told.append((what, done, total))


@pytest.fixture
def time():
    return Time()


def pace(time, **more):
    return Pace(told=time.hear, clock=lambda: time.now, sleep=time.sleep, **more)


def test_eighty_changes_a_minute_and_five_hundred_an_hour(time):
    # https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits
    kept, made = pace(time), []
    for _ in range(1100):
        kept.change()
        made.append(time.now)
    for i, now in enumerate(made):
        assert i < 80 or now - made[i - 80] >= 60
        assert i < 500 or now - made[i - 500] >= 3600
    assert 2 * 3600 <= made[-1] - made[0] < 2 * 3600 + 180  # and no slower than that


def test_a_wait_says_how_long_it_is(time):
    pace(time).pause(2.5)
    assert time.now == 1002.5
    assert time.told == [
        ("the forge wants a pause: 2 s left,", 0, 2), ("the forge wants a pause: 2 s left,", 1, 2),
        ("the forge wants a pause: 0 s left,", 2, 2),
    ]  # fmt: skip


def test_a_forge_on_this_machine_sets_no_pace(time):
    here = pace(time, here=True)
    for _ in range(100):
        here.change()
    assert time.now == 1000


def commenting(scripted, time, **more):
    with GitHub(scripted.api, "me-token", pace(time, **more)) as client:
        return client.comment("o/r", 7, "hi")


@pytest.mark.parametrize("status", [403, 429])
def test_a_change_that_was_put_off_is_asked_again_after_the_pause(scripted, time, status):
    # https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api
    scripted.on("POST", COMMENTS, TOO_FAST, status=status, headers={"Retry-After": "55"})
    scripted.on("POST", COMMENTS, TOO_FAST, status=status)  # at least a minute, it says
    scripted.on("POST", COMMENTS, MADE, status=201)
    assert commenting(scripted, time).id == 1
    assert scripted.count("POST", COMMENTS) == 3
    assert time.now == pytest.approx(1000 + 55 + 60)


def test_the_end_of_the_hour_is_waited_for(scripted, time, monkeypatch):
    monkeypatch.setattr("time.time", lambda: 5000.0)
    spent = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "5100"}
    words = {"message": "API rate limit exceeded for user ID 1."}
    scripted.on("POST", COMMENTS, words, status=403, headers=spent)
    scripted.on("POST", COMMENTS, MADE, status=201)
    commenting(scripted, time)
    assert time.now == pytest.approx(1000 + 101)


@pytest.mark.parametrize(("asked", "times"), [("86400", 1), ("1", 6)])
def test_nobody_waits_for_ever(scripted, time, asked, times):
    scripted.on("POST", COMMENTS, TOO_FAST, status=403, headers={"Retry-After": asked})
    with pytest.raises(ForgeError, match="secondary rate limit") as caught:
        commenting(scripted, time)
    assert "pause" in caught.value.hint
    assert scripted.count("POST", COMMENTS) == times


def test_a_refusal_is_no_pause(scripted, time):
    words = {"message": "Resource not accessible"}
    scripted.on("POST", COMMENTS, words, status=403, headers={"Retry-After": "5"})
    with pytest.raises(ForgeError, match="Resource not accessible"):
        commenting(scripted, time)
    assert time.now == 1000
