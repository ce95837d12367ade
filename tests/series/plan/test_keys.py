"""The table of keys is about the very fields of the plan's values."""

import pytest

from stacker.series.plan.keys import KEYS, SECTIONS, Shape
from stacker.series.plan.model import Override, Plan


@pytest.mark.parametrize("model", KEYS, ids=lambda model: model.__name__)
def test_each_field_is_written_somehow(model):
    named = any(section.of is model and section.named for section in SECTIONS.values())
    elsewhere = {*SECTIONS} if model is Plan else {"name"} if named else set()
    assert {*KEYS[model]} | elsewhere == {*model._fields}
    assert not {*KEYS[model]} & elsewhere


@pytest.mark.parametrize("model", KEYS, ids=lambda model: model.__name__)
def test_a_key_that_must_be_there_has_no_default(model):
    required = {name for name, key in KEYS[model].items() if key.required}
    assert required.isdisjoint(model._field_defaults)


def test_only_a_choice_has_choices():
    keys = [key for table in KEYS.values() for key in table.values()]
    assert all((key.shape is Shape.CHOICE) == (key.choices is not None) for key in keys)


def test_each_section_has_a_table():
    assert {section.of for section in SECTIONS.values()} | {Plan, Override} == {*KEYS}
