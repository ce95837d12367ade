"""Every fault at every call of a landing of four, in each way; then run again, to the end."""

from __future__ import annotations

from proof.chance import WAYS
from proof.story import Story
from proof.turns import Bad


def moments(scene, options):
    """How many calls a landing has that meets nothing."""
    story = Story(scene, options)
    assert story.run().state == "landed"
    return len(story.told[0][1].calls)


def steps(scene, *, every=1):
    """(way, call, fault) of the whole walk, or of every so manieth place of it.

    A part has each way, each call and each fault: they are taken as on a diagonal.
    """
    for way, options in enumerate(WAYS):
        for moment in range(moments(scene, options)):
            for number, bad in enumerate(Bad):
                if (moment + 5 * number + 3 * way) % every == 0:
                    yield options, moment, bad


def take(scene, options, moment, bad):
    """One step: the story, told to its end. What a dead run had sent arrives first or last."""
    story = Story(scene, options)
    story.run("up", {moment: bad})
    if moment % 2:
        story.end()
        return story
    late, story.wrong.pending = story.wrong.pending, []
    story.end()
    if late:
        story.wrong.pending = late
        story.end()
    return story
