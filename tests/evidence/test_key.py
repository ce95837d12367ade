from __future__ import annotations

import pytest

from stacker.evidence.key import evidence_key

GIVEN = {
    "tree": "t",
    "steps": [["make", "{platform}"], ["make", "test"]],
    "platform": "local",
    "values": {"stage": "a"},
    "environment": {"CC": "gcc"},
    "repositories": {"deps": "d"},
}


def test_it_is_stable():
    assert evidence_key(**GIVEN) == (
        "4bf88644147b058fdb3a7fff7a16f270a2014df88313ebb180cc233c7408a9f6"
    )


@pytest.mark.parametrize(
    "change",
    [
        {"tree": "u"},
        {"steps": [["make", "{platform}", "make", "test"]]},
        {"steps": [["make {platform}"], ["make", "test"]]},
        {"platform": "arm"},
        {"values": {}},
        {"values": {"stage": "b"}},
        {"environment": {"CC": "clang"}},
        {"environment": {}},
        {"repositories": {"deps": "e"}},
        {"repositories": {"other": "d"}},
        {"values": {"CC": "gcc"}, "environment": {"stage": "a"}},
    ],
)
def test_whatever_decides_changes_it(change):
    assert evidence_key(**GIVEN) != evidence_key(**(GIVEN | change))


def test_order_of_names_does_not():
    one = GIVEN | {"environment": {"A": "1", "B": "2"}}
    other = GIVEN | {"environment": {"B": "2", "A": "1"}}
    assert evidence_key(**one) == evidence_key(**other)


def test_undecodable_bytes_of_the_environment_are_taken():
    assert len(evidence_key(**(GIVEN | {"environment": {"CC": "\udcff"}}))) == 64
