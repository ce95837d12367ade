"""The schema and the reader know the same keys, and good plans satisfy both."""

import copy
import tomllib

import pytest
from hypothesis import given
from jsonschema import Draft202012Validator
from plan_strategies import FLAGSHIP, plans

from stacker.errors import PlanError
from stacker.series.plan.explaining import explain_plan
from stacker.series.plan.reading import parse_plan
from stacker.series.plan.schema import plan_schema

VALIDATOR = Draft202012Validator(plan_schema())
GOOD = tomllib.loads(FLAGSHIP)


def test_the_schema_is_one():
    Draft202012Validator.check_schema(plan_schema())


def test_the_flagship_satisfies_it():
    VALIDATOR.validate(GOOD)


@given(plans())
def test_every_good_plan_satisfies_it(plan):
    VALIDATOR.validate(tomllib.loads(explain_plan(plan)))


PLACES = {
    "series": ("series",),
    "repositories.bin-deps": ("repositories", "bin-deps"),
    "groups.final": ("groups", "final"),
    "runners.bots": ("runners", "bots"),
    "platforms.win32": ("platforms", "win32"),
    "[checks]": ("checks", 0),
}


@pytest.mark.parametrize("header", PLACES)
def test_an_unknown_key_is_refused_by_both(header):
    refused_by_both(FLAGSHIP.replace(f"[{header}]", f"[{header}]\nunknown = 1"), PLACES[header])


def test_an_unknown_key_of_a_stage_or_at_the_top_is_refused_by_both():
    refused_by_both(FLAGSHIP.replace('id = "ctypes"', 'unknown = 1\nid = "ctypes"'), ("stages", 4))
    refused_by_both(f"unknown = 1\n{FLAGSHIP}", ())


def refused_by_both(text, path):
    errors = list(VALIDATOR.iter_errors(tomllib.loads(text)))
    assert [(tuple(e.absolute_path), e.validator) for e in errors] == [
        (path, "additionalProperties")
    ]
    with pytest.raises(PlanError) as caught:
        parse_plan(text, "series.toml")
    assert [p.message.partition("\n")[0] for p in caught.value.where] == ["unknown key"]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("series", "name"), ""),
        (("repositories", "cpython", "publish"), "never"),
        (("stages", 1, "adopts"), 0),
        (("stages", 3, "needs"), ["a", "a"]),
        (("checks", 0, "timeout"), "soon"),
        (("checks", 0, "run"), []),
        (("platforms", "win32", "without"), {"tk": 5}),
    ],
)
def test_a_wrong_value_is_refused(path, value):
    data = copy.deepcopy(GOOD)
    at = data
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = value
    assert not VALIDATOR.is_valid(data)
