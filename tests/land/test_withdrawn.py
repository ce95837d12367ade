"""Nothing lands on what upstream took back: who stands on it holds its change still."""

from __future__ import annotations

import pytest
from land_world import inside, land, master, reasons


def take(world, stage):
    """A maintainer lands a stage's change by a commit of their own; its id."""
    lines = list(world.lines)
    lines[world.line_of(stage)] = f"{stage}\n"
    files = {"f.txt": "".join(lines), f"{stage}.txt": f"{stage}\n"}
    return world.upstream.add("master", (f"Take {stage}", files))


def take_back(world, stage, word="Revert"):
    """They revert that; the id of the revert."""
    files = {"f.txt": "".join(world.lines), f"{stage}.txt": None}
    return world.upstream.add("master", (f"{word} {stage}", files))


def test_a_need_that_was_reverted_blocks_its_group(ready):
    landing, by = take(ready, "a"), take_back(ready, "a")
    before = master(ready)
    said = land(ready, code=5)
    assert said["state"] == "blocked"
    text = f"a landed as {landing[:10]} and was reverted by {by[:10]}; b still holds its change"
    text += "; `land --again` lands it once more"
    assert ("porter", "a", text) in reasons(said)
    assert [r["command"] for r in said["reasons"] if r["stage"] == "a"] == ["stacker landed a"]
    assert master(ready) == before
    assert ready.run("landed", "a").document["stages"][0]["state"] == "reverted"


@pytest.mark.parametrize("word", ["Revert", "Away with"])
def test_a_rebase_past_it_makes_no_difference(ready, word):
    take(ready, "a")
    by = take_back(ready, "a", word)
    ready.drift("Later")
    ready.good("rebase")
    ready.good("submit")
    assert f"reverted by {by[:10]}; b still holds" in str(reasons(land(ready, code=5)))
    assert (ready.lock.stage("a").reverted is not None) == (word == "Revert")


def test_what_was_reworked_since_is_another_change(ready):
    take(ready, "a")
    take_back(ready, "a")
    ready.good("rebase")
    ready.edit_patch("a", b"+a\n", b"+better\n")
    ready.good("rebase")
    ready.good("submit")
    for stage in "ab":
        ready.approve(stage)
    assert land(ready)["state"] == "landed"


def test_the_reverted_stage_itself_may_land_again(ready):
    take(ready, "a")
    take_back(ready, "a")
    ready.plan({"a": [], "b": ["a"]}, more="")
    said = land(ready, "a")
    assert said["state"] == "landed"
    assert inside(ready, "master") == {"a"}


def test_one_that_left_the_series_blocks_until_a_rebase_brings_it_back(ready):
    landing = take(ready, "a")
    ready.good("rebase")
    assert ready.lock.stage("a").landed
    by = take_back(ready, "a")
    said = land(ready, code=5)
    assert said["state"] == "blocked"
    text = f"a landed as {landing[:10]} and was reverted by {by[:10]}; the series is without it"
    assert ("porter", "a", text) in reasons(said)
    ready.good("rebase")
    assert not ready.lock.stage("a").landed
    assert "b still holds its change" in str(reasons(land(ready, code=5)))


def test_a_landing_of_ours_that_was_reverted(ready):
    land(ready)
    files = {"f.txt": "".join(ready.lines), "a.txt": None, "b.txt": None}
    by = ready.upstream.add("master", ("Revert all", files))
    assert land(ready, code=5)["state"] == "blocked"
    ready.good("rebase")
    line = ready.lock.stage("a")
    assert (line.landing, line.landed, line.reverted.by) == (None, False, by)
