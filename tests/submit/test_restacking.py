"""*needs restack*: a need is in upstream, and what stands on it has not heard of it."""

from __future__ import annotations

import pytest
from submit_world import UPSTREAM

from stacker.series.lock import Lock, Reverted, StageLock
from stacker.series.plan.reading import parse_plan
from stacker.submit.restacking import needs_restack

PLAN = parse_plan(
    """
[series]
name = "s"
[repositories.proj]
upstream = "up/proj"
[repositories.deps]
upstream = "up/deps"
[[stages]]
id = "far"
repository = "deps"
[[stages]]
id = "a"
needs = []
[[stages]]
id = "b"
needs = ["a", "far"]
[[stages]]
id = "c"
needs = ["b"]
[[stages]]
id = "alone"
needs = []
""",
    "series.toml",
)
ONE = "1" * 40


def lock(**lines):
    """Every stage, those that are named with what is known of them."""
    given = {stage: lines.get(stage, {}) for stage in PLAN.order}
    return Lock(1, {}, tuple(
        StageLock(stage, PLAN.stage(stage).repository, (), ONE, (), **more)
        for stage, more in given.items()
    ))  # fmt: skip


@pytest.mark.parametrize(
    ("known", "merged", "expected"),
    [
        ({}, (), {}),
        ({}, ("a",), {"b": ("a",), "c": ("a",)}),
        ({"a": {"landing": ONE}}, (), {"b": ("a",), "c": ("a",)}),
        ({"a": {"landing": ONE, "landed": True}}, ("a",), {}),
        ({"a": {"landing": ONE, "landed": True}}, ("a", "b"), {"c": ("b",)}),
        ({}, ("a", "b"), {"c": ("a", "b")}),
        ({}, ("far", "alone"), {}),
        ({"a": {"reverted": Reverted(ONE, ONE)}}, ("a",), {}),
    ],
)
def test_who_needs_a_restack(known, merged, expected):
    assert needs_restack(PLAN, lock(**known), merged) == expected


@pytest.mark.parametrize("method", ["merge", "squash"])
def test_it_is_said_everywhere_until_the_series_is_rebased(sent, method):
    sent.ask("PUT", f"/repos/{UPSTREAM}/pulls/1/merge", {"merge_method": method}, "up")
    told = "needs restack: b, c, for upstream has a; `stacker rebase` does it"
    assert told in sent.submit()["notes"]
    for stage in "bc":
        lines = sent.pull(stage)["body"].split("\n")
        assert "*needs restack*: #1 landed, and this is still on top of it" in lines[1]
        assert "2. #2 b (open, needs restack)" in "\n".join(lines)
    again = sent.submit()
    assert (again["actions"], told in again["notes"]) == ([], True)
    stages = sent.good("status")["stages"]
    assert [one["restack"] for one in stages] == [[], ["a"], ["a"]]
    page = sent._run("status", cwd=sent.folder).out.splitlines()
    assert ["needs restack" in line for line in page if line.startswith("  ")][-2:] == [True, True]

    sent.good("rebase")
    assert [one["restack"] for one in sent.good("status")["stages"]] == [[], [], []]
    assert "restack" in sent.pull("b")["body"]
    assert not [note for note in sent.submit()["notes"] if "restack" in note]
    for stage in "bc":
        assert "restack" not in sent.pull(stage)["body"]
    sent.reviewable()
    assert sent.submit()["actions"] == []
