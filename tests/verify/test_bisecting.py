"""The first bad stage of a chain, beside an oracle that sees everything at once."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from stacker.verify.bisecting import (
    FirstBad,
    NothingBad,
    OpenRange,
    Probe,
    Told,
    decide,
    probes_left,
)

GOOD, BAD, CANNOT = Told.GOOD, Told.BAD, Told.CANNOT


@st.composite
def chains(draw, holes=True):
    """What each stage would tell: good up to some place, bad from there on, with holes."""
    count = draw(st.integers(1, 40))
    first = draw(st.integers(0, count))
    hole = st.booleans() if holes else st.just(False)
    return [CANNOT if draw(hole) else GOOD if n < first else BAD for n in range(count)]


def asked(chain, known=()):
    """The answer, and the places that were asked for it."""
    told = {n: chain[n] for n in known}
    places = []
    while isinstance(answer := decide(len(chain), told), Probe):
        assert answer.place not in told
        places.append(answer.place)
        told[answer.place] = chain[answer.place]
    return answer, places


def oracle(chain):
    good = max((n for n, one in enumerate(chain) if one is GOOD), default=-1)
    bad = next((n for n, one in enumerate(chain) if one is BAD), None)
    last = len(chain) - 1
    if bad is None:
        return NothingBad() if good == last else OpenRange(good + 1, last, bad=False)
    return FirstBad(bad) if good == bad - 1 else OpenRange(good + 1, bad, bad=True)


@given(chains(), st.sets(st.integers(0, 39)))
def test_the_answer_is_that_of_asking_everything(chain, known):
    answer, _ = asked(chain, [n for n in known if n < len(chain)])
    assert answer == oracle(chain)


@given(chains(holes=False), st.sets(st.integers(0, 39), max_size=4))
def test_it_takes_no_more_probes_than_halving_and_than_was_said(chain, known):
    count, known = len(chain), [n for n in known if n < len(chain)]
    _, places = asked(chain, known)
    said = probes_left(count, {n: chain[n] for n in known})
    assert len(places) <= said <= 1 + (count - 1).bit_length()


def test_the_tip_comes_first_and_a_good_one_ends_it():
    assert decide(8, {}) == Probe(7)
    assert decide(8, {7: GOOD}) == NothingBad()


def test_a_neighbour_is_asked_where_nobody_can_tell():
    assert decide(7, {6: BAD}) == Probe(2)
    assert decide(7, {6: BAD, 2: CANNOT}) in {Probe(1), Probe(3)}
    assert decide(7, {6: CANNOT}) == Probe(5)


def test_where_things_went_back_and_forth_the_last_good_place_counts():
    assert decide(4, {0: BAD, 1: GOOD, 3: BAD}) == Probe(2)
    assert decide(4, {0: BAD, 1: GOOD, 2: BAD, 3: BAD}) == FirstBad(2)
