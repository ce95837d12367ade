"""The search: what it finds breaks, what stands before goes through, and few tries are made."""

from __future__ import annotations

import math

from hypothesis import example, given
from hypothesis import strategies as st

from stacker.forecast.bisecting import first_stop


@st.composite
def lines(draw):
    """Where a line stops, the last place included, and places that are said to be likely."""
    stops = [*draw(st.lists(st.booleans(), max_size=300)), True]
    likely = draw(st.sets(st.integers(0, len(stops) - 1), max_size=12))
    return stops, sorted(likely)


@given(lines())
@example(([True], []))
@example(([False] * 249 + [True], list(range(250))))
@example(([True, False] * 100 + [True], []))
def test_whatever_the_history_did(line):
    stops, likely = line
    tried = []

    def asked(place):
        tried.append(place)
        return stops[place]

    found = first_stop(len(stops), likely, asked)
    assert stops[found]
    assert found == 0 or not stops[found - 1]
    # What was not tried is known: the last one, and what is before the first.
    assert {found, found - 1} <= {*tried, len(stops) - 1, -1}
    assert len(tried) == len(set(tried)) <= math.ceil(math.log2(len(stops))) + 1


@given(st.integers(1, 1000), st.data())
def test_where_it_breaks_once_and_for_all_that_is_found(count, data):
    at = data.draw(st.integers(0, count - 1))
    others = data.draw(st.sets(st.integers(0, count - 1), max_size=5))
    assert first_stop(count, sorted(others), lambda place: place >= at) == at


@given(st.integers(3, 1000), st.data())
def test_the_only_likely_place_takes_two_tries(count, data):
    at = data.draw(st.integers(1, count - 2))
    tried = []

    def stops(place):
        tried.append(place)
        return place >= at

    assert first_stop(count, [at], stops) == at
    assert len(tried) == 2
