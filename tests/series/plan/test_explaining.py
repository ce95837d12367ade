"""The plan as understood says all that the plan says."""

from hypothesis import given
from plan_strategies import FLAGSHIP, plans

from stacker.series.plan.explaining import explain_plan
from stacker.series.plan.reading import parse_plan


@given(plans())
def test_reading_what_was_explained_gives_the_plan(plan):
    assert parse_plan(explain_plan(plan), "series.toml") == plan


def test_defaults_are_written_out():
    text = explain_plan(parse_plan(FLAGSHIP, "series.toml"))
    assert '[[stages]]\nid = "ctypes"\nrepository = "cpython"\nneeds = ["build"]\n' in text
    assert 'publish = "append"\nlanding = "auto"\nshape = "chain"\nproof = "tree"\n' in text
    assert 'timeout = "30m"\n' in text
    assert "\n# home: where a team shares the series" in text


def test_the_platform_of_a_plan_without_platforms_is_shown():
    plan = parse_plan('[series]\nname = "s"\n[repositories.m]\nupstream = "./up"\n', "f")
    assert "\n[platforms.local]\n" in explain_plan(plan)
