"""What is said of one head: of whom it holds, and of whoever else has it."""

from __future__ import annotations

from types import SimpleNamespace

from stacker.gate.judging import Verdict, judge, stricter
from stacker.landed.group import group_landings
from stacker.series.plan.reading import parse_plan

PLAN = """\
[series]
name = "s"
[repositories.proj]
upstream = "up/proj"
[[stages]]
id = "a"
needs = []
[[stages]]
id = "b"
[[stages]]
id = "c"
[[stages]]
id = "d"
needs = []
[groups.final]
stages = ["a", "b"]
"""
HEAD, OTHER = "a" * 40, "b" * 40


def verdict(stage, number, head, *, closed):
    return Verdict(stage, number, head, closed, "no" if closed else "yes", changed=True)


def test_a_head_that_two_have_fails_if_it_fails_for_one():
    alone, member = verdict("x", 1, HEAD, closed=False), verdict("m", 2, HEAD, closed=True)
    free = verdict("y", 3, OTHER, closed=False)
    pulls = {s: SimpleNamespace(checks=()) for s in "xmy"}
    said = stricter((alone, member, free), pulls)
    assert [(v.stage, v.closed, v.description) for v in said] == [
        ("x", True, "no"), ("m", True, "no"), ("y", False, "yes"),
    ]  # fmt: skip


def said_of(stage, landings):
    plan = parse_plan(PLAN, "series.toml")
    pull = SimpleNamespace(number=9, head=HEAD, checks=())
    one = judge(plan, group_landings(plan, landings), stage, pull, {"a": 1, "b": 2})
    return one.closed, one.description


def test_who_stands_on_members_would_bring_them_in():
    """Its branch in the fork holds their commits."""
    text = "of final, which lands first: stacker land --group final"
    assert said_of("c", {}) == (True, f"Holds #1, #2 {text}")
    assert said_of("c", {"a": OTHER}) == (True, f"Holds #2 {text}")
    assert said_of("c", {"a": OTHER, "b": OTHER})[0] is False
    assert said_of("d", {}) == (False, "Lands with no other: may be merged alone")
