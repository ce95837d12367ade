from __future__ import annotations

import pytest
from verify_world import cells

from stacker.verify.price import duration, price


def keys(**more):
    return {cell.key for cell in cells(**more)}


def test_the_price_in_words():
    known = keys(selection=("ssl",)) | keys(selection=("ffi",), platforms=("win32",))
    cost = price(cells(machine="linux-amd64"), known, lambda check, platform: 1320.0)
    assert str(cost) == (
        "5 builds to run, 3 cached, 3 cannot run here, about 1 h 50 min; first: tip of final"
    )


def test_all_cached():
    cost = price(cells(), keys(), lambda check, platform: 60.0)
    assert str(cost) == "0 builds to run, 11 cached"
    assert cost.first is None


def test_what_never_ran_is_taken_for_average():
    times = {("build", "win32"): 10.0, ("build", "amd64"): 30.0}
    cost = price(cells(machine="windows-amd64"), (), lambda *where: times.get(where))
    assert cost.to_run == 11
    assert cost.seconds == 4 * 10 + 4 * 30 + 3 * 20


def test_nothing_known_says_no_time():
    cost = price(cells(selection=("ssl",)), (), lambda *where: None)
    assert str(cost) == "1 build to run, 1 cannot run here; first: ssl"


def test_equal_trees_cost_one_build():
    twice = cells(selection=("ssl",), machine="windows-amd64") * 2
    assert price(twice, (), lambda *where: None).to_run == 2


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.2, "1 s"),
        (59.4, "59 s"),
        (60, "1 min"),
        (3599, "1 h"),
        (6600, "1 h 50 min"),
        (7200, "2 h"),
    ],
)
def test_durations(seconds, words):
    assert duration(seconds) == words
