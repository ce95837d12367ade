"""Equal contents have one number, and no number is given twice."""

from __future__ import annotations

import pytest

from stacker.series.workspace import open_store
from stacker.sync.numbering import Numbering


@pytest.fixture
def bare_store(tmp_path):
    with open_store(tmp_path / "store.git") as store:
        yield store


def test_what_home_has_keeps_its_number_whichever_that_is(bare_store):
    numbering = Numbering(bare_store, None)
    for number, content in ((0, "empty"), (1, "one"), (2, "two")):
        numbering.note(number, content)
    assert [numbering.give(0, "empty"), numbering.give(1, "one")] == [0, 1]
    assert numbering.next("empty") == 0
    assert numbering.renumbered == {}


def test_a_number_that_home_gave_goes_on_to_the_next(bare_store):
    numbering = Numbering(bare_store, None)
    numbering.note(2, "theirs")
    assert [numbering.give(2, "ours"), numbering.give(3, "later"), numbering.fresh()] == [3, 4, 5]
    assert numbering.renumbered == {2: 3, 3: 4}
    assert (numbering.of(2), numbering.of(1)) == (3, 1)
