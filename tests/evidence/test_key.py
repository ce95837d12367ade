from __future__ import annotations

import pytest

from stacker.evidence.key import differing, evidence_key, evidence_parts

GIVEN = {
    "tree": "t",
    "steps": [["make", "{platform}"], ["make", "test"]],
    "platform": "local",
    "values": {"stage": "a"},
    "environment": {"CC": "gcc"},
    "repositories": {"deps": "d"},
}


def key(**given):
    return evidence_key(evidence_parts(**given))


def test_it_is_stable():
    assert key(**GIVEN) == "2a5adcccb5e5135fdfb5b86adef9641da3cda868166d7fe6d2b2fb8539428ba9"


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
        {"toolchain": "gcc 13"},
        {"passes": "2 of 3"},
        {"values": {"CC": "gcc"}, "environment": {"stage": "a"}},
    ],
)
def test_whatever_decides_changes_it(change):
    assert key(**GIVEN) != key(**(GIVEN | change))


def test_order_of_names_does_not():
    one = GIVEN | {"environment": {"A": "1", "B": "2"}}
    other = GIVEN | {"environment": {"B": "2", "A": "1"}}
    assert key(**one) == key(**other)


def test_undecodable_bytes_of_the_environment_are_taken():
    assert len(key(**(GIVEN | {"environment": {"CC": "\udcff"}}))) == 64


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, ()),
        ({"tree": "u", "toolchain": "x"}, ("tree", "toolchain")),
        ({"steps": [["make"]]}, ("run",)),
        ({"environment": {"CXX": "g++"}}, ("environment.CC", "environment.CXX")),
        ({"values": {"stage": "b"}, "repositories": {}}, ("values.stage", "repositories.deps")),
    ],
)
def test_what_differs_is_named(change, said):
    assert differing(evidence_parts(**GIVEN), evidence_parts(**(GIVEN | change))) == said


def test_of_old_evidence_only_the_schema_is_known_to_differ():
    parts = evidence_parts(**GIVEN)
    assert differing({}, parts) == differing(parts | {"schema": "1"}, parts) == ("schema",)


def test_variables_are_not_there_to_be_read():
    assert "gcc" not in str(evidence_parts(**GIVEN))
