"""No text from outside means anything in a commit's message."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from landing_facts import READ, hostile

from stacker.land.words.plain import fenced, person, plain, plain_lines, visible


@given(hostile())
def test_a_line_is_one_and_means_nothing(text):
    said = plain(text)
    assert len(said.splitlines()) <= 1
    assert not READ.search(said)
    assert all(char.isprintable() or char == "\u200d" for char in said)


@given(hostile())
def test_of_many_lines_none_means_anything(text):
    said = plain_lines(text)
    assert not READ.search(said)
    assert not re.search(r"^\s*[\w]+(-[\w]+)+\s*:", said, re.MULTILINE | re.ASCII)


@given(hostile())
def test_a_template_controls_no_terminal_and_says_nothing_for_us(text):
    said = visible(text)
    assert all(char.isprintable() or char in "\n\t\u200d" for char in said)
    assert not re.search(r"^\s*(stacker-\w+|skip-checks)\s*:", said, re.IGNORECASE | re.MULTILINE)


@given(hostile(), hostile())
def test_a_person_is_one_name_and_one_address(name, address):
    said = person(name, address)
    assert re.fullmatch(r"[^<>\n]*<[^<>\s]*>", said)
    before, _, where = said.partition("<")
    assert not READ.search(before)
    assert "@" not in where.replace("@\u200d", "") or re.fullmatch(r"[^@]+@[^@]+>", where)


def test_people_with_ordinary_names_stay_as_they_are():
    assert (
        person("Zoë O'Neil", "12+zoe@users.example.org") == "Zoë O'Neil <12+zoe@users.example.org>"
    )


@given(hostile())
def test_no_text_ends_its_fence(text):
    first, *inside, last = fenced(text).split("\n")
    assert re.fullmatch("`{3,}text", first)
    assert last == first.removesuffix("text")
    assert "\n".join(inside) == text
    assert not any(re.match(rf" {{0,3}}{last}", line) for line in inside)


@pytest.mark.parametrize(
    "text", ["Update OpenSSL to 1.1.1b", "[3.8] Fix it", "a < b: it's 100% c++", "Part a, *b*"]
)
def test_ordinary_words_stay_as_they_are(text):
    assert plain(text) == text
