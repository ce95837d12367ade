"""Stories that once ended badly, each found by chance or by the walk."""

from __future__ import annotations

import pytest
from proof.coordinator import Options
from proof.story import Story
from proof.turns import Bad

from stacker.series.plan.choices import Landing


def call(scene, options, word):
    """The number of the first call of a landing with that word."""
    story = Story(scene, options)
    story.run()
    return next(n for n, one in enumerate(story.told[0][1].calls) if word in one.what)


@pytest.mark.parametrize("method", ["merge", "squash", "rebase"])
def test_who_died_before_the_number_was_known_is_told_that_another_machine_landed_it(scene, method):
    options = Options(Landing.PULL_REQUEST, method=method)
    opening = call(scene, options, "/pulls {")
    story = Story(scene, options)
    assert story.run("up", {opening: Bad.KILL_AFTER}) is None
    assert story.run("eve").state == "landed"
    assert story.run("up").state == "landed"
    story.end()
    assert story.broken == []


def test_two_that_settle_the_same_landing_each_say_it_once(scene):
    options = Options(Landing.PULL_REQUEST, method="rebase", protected=True)
    closing = call(scene, options, '"state": "closed"')
    story = Story(scene, options)
    story.run("up", {closing: lambda: story.run("eve")})
    story.end()
    assert story.broken == []


def test_a_part_that_is_merged_right_before_the_forge_merges_the_whole(scene):
    """No merge by the forge pins its base; what it makes of it is still the whole group."""
    options = Options(Landing.PULL_REQUEST, method="squash")
    merging = call(scene, options, "/merge {")
    story = Story(scene, options)
    assert story.run("up", {merging: story.happenings()["squash b"]}).state == "landed"
    story.end()
    assert story.broken == []


def test_the_push_of_a_killed_run_finds_the_fence(scene):
    """Its git outlives it, and arrives when the next run has judged what the server had."""
    pushing = call(scene, None, "refs/heads/master:")
    story = Story(scene)
    assert story.run("up", {pushing: Bad.OUTLIVE}) is None
    story.run("up", {3: story.happenings()["arrive"]})
    story.end()
    assert story.broken == []
    assert len(story.rules.landed) == 1


def test_a_lock_that_the_server_would_not_let_go_is_let_go_by_the_next_run(scene):
    options = Options(Landing.PULL_REQUEST, method="squash")
    releasing = call(scene, options, "'release'") + 1
    story = Story(scene, options)
    assert story.run("up", {releasing: Bad.ERROR_BEFORE}).follow_up
    story.end()
    assert story.broken == []
