"""Chains hold all that is needed, in one order, and share their beginnings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from plan_strategies import FLAGSHIP, small_plan, stage_lists

from stacker.errors import UsageError
from stacker.series.plan.chains import (
    below,
    chain,
    chains,
    foreign_needs,
    nearest,
    needs_closure,
)
from stacker.series.plan.model import Stage, StageId
from stacker.series.plan.reading import parse_plan

SMALL_PLANS = stage_lists().map(small_plan)


def reachable(plan, stage_id):
    """The closure by the book: whatever can be reached, found by recursion."""
    found = set()
    for need in plan.stage(stage_id).needs:
        found |= {need} | reachable(plan, need)
    return found


@given(SMALL_PLANS)
def test_order_has_every_stage_once_and_needs_first(plan):
    assert sorted(plan.order) == sorted(stage.id for stage in plan.stages)
    rank = {stage_id: position for position, stage_id in enumerate(plan.order)}
    assert all(rank[need] < rank[stage.id] for stage in plan.stages for need in stage.needs)


@given(SMALL_PLANS)
def test_a_plan_written_in_a_good_order_keeps_it(plan):
    sorted_plan = small_plan(tuple(plan.stage(stage_id) for stage_id in plan.order))
    assert sorted_plan.order == plan.order


@given(SMALL_PLANS)
def test_chain_is_the_closure_in_its_own_repository_in_plan_order_then_itself(plan):
    for stage in plan.stages:
        needed = reachable(plan, stage.id)
        here = {n for n in needed if plan.stage(n).repository == stage.repository}
        got = chain(plan, stage.id)
        assert needs_closure(plan, stage.id) == needed
        assert got[-1] == stage.id
        assert got[:-1] == below(plan, stage.id) == tuple(s for s in plan.order if s in here)
        assert foreign_needs(plan, stage.id) == tuple(s for s in plan.order if s in needed - here)


@given(SMALL_PLANS)
def test_what_one_stands_on_has_its_whole_chain_in_the_chain_above(plan):
    for stage in plan.stages:
        mine = chain(plan, stage.id)
        for need in below(plan, stage.id):
            theirs = chain(plan, need)
            assert set(theirs) <= set(mine)
            assert tuple(s for s in mine if s in theirs) == theirs


@given(SMALL_PLANS, st.sets(st.integers(0, 6)))
def test_all_chains_at_once_are_the_single_ones_without_those_that_are_gone(plan, numbers):
    gone = {stage_id for number, stage_id in enumerate(plan.order) if number in numbers}
    assert chains(plan, gone) == {
        s: tuple(x for x in chain(plan, s) if x not in gone) for s in plan.order if s not in gone
    }
    assert list(chains(plan, gone)) == [s for s in plan.order if s not in gone]


@given(SMALL_PLANS, st.sets(st.integers(0, 6)))
def test_the_nearest_are_those_that_no_other_one_below_stands_on(plan, numbers):
    gone = {stage_id for number, stage_id in enumerate(plan.order) if number in numbers}
    for stage_id in plan.order:
        under = [s for s in below(plan, stage_id) if s not in gone]
        deeper = {s for other in under for s in below(plan, other)}
        assert nearest(plan, stage_id, gone) == tuple(s for s in under if s not in deeper)


def test_the_flagship():
    plan = parse_plan(FLAGSHIP, "series.toml")
    assert chain(plan, StageId("openssl")) == ("openssl",)
    assert chain(plan, StageId("libffi")) == ("libffi",)
    assert chain(plan, StageId("ctypes")) == ("openssl", "libffi", "build", "ctypes")
    assert below(plan, StageId("openssl-arm")) == ()
    assert foreign_needs(plan, StageId("ctypes")) == ("openssl-arm",)


def test_a_need_in_another_repository_stands_for_what_it_needs_here():
    plan = small_plan(
        (
            Stage(id=StageId("a"), repository="main"),
            Stage(id=StageId("x"), repository="other", needs=(StageId("a"),)),
            Stage(id=StageId("y"), repository="other", needs=(StageId("x"),)),
            Stage(id=StageId("b"), repository="main", needs=(StageId("y"),)),
        )
    )
    assert chain(plan, StageId("b")) == ("a", "b")
    assert chain(plan, StageId("y")) == ("x", "y")


def test_a_stage_written_above_its_need_comes_right_after_it():
    plan = small_plan(
        (
            Stage(id=StageId("a"), repository="main", needs=(StageId("c"),)),
            Stage(id=StageId("b"), repository="main"),
            Stage(id=StageId("c"), repository="main"),
        )
    )
    assert plan.order == ("c", "a", "b")


def test_missing_needs_come_as_they_are_written_not_as_they_are_named():
    plan = small_plan(
        (
            Stage(id=StageId("a"), repository="main", needs=(StageId("b"), StageId("z"))),
            Stage(id=StageId("z"), repository="main"),
            Stage(id=StageId("b"), repository="main"),
        )
    )
    assert plan.order == chain(plan, StageId("a")) == ("z", "b", "a")


def test_a_series_longer_than_pythons_stack():
    ids = [StageId(f"s{number}") for number in range(3000)]
    backwards = [
        Stage(id=stage_id, repository="main", needs=(ids[position - 1],) if position else ())
        for position, stage_id in enumerate(ids)
    ][::-1]
    plan = small_plan(tuple(backwards))
    assert plan.order == tuple(ids)
    assert chain(plan, ids[-1]) == chains(plan)[ids[-1]] == tuple(ids)
    assert nearest(plan, ids[-1]) == (ids[-2],)


def test_an_unknown_stage_is_refused_with_a_near_name():
    plan = parse_plan(FLAGSHIP, "series.toml")
    with pytest.raises(UsageError, match="no stage 'opensl'") as caught:
        chain(plan, StageId("opensl"))
    assert caught.value.hint == "did you mean 'openssl'?"
