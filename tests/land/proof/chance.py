"""A story by chance: the same seed tells the same one."""

from __future__ import annotations

from random import Random

from proof.coordinator import Coordinator, Options
from proof.story import Story
from proof.turns import Bad

from stacker.series.plan.choices import Landing, LandingShape

WAYS = (
    Options(),
    Options(protected=True),
    Options(shape=LandingShape.MERGE),
    Options(Landing.PULL_REQUEST, method="squash"),
    Options(Landing.PULL_REQUEST, method="merge"),
    Options(Landing.PULL_REQUEST, method="rebase", protected=True),
)
_CALLS = 70  # more than a run has


def tell(scene, seed, coordinator=Coordinator):
    """One story, told to its end."""
    chance = Random(seed)
    story = Story(scene, chance.choice(WAYS), coordinator)
    happenings = sorted(story.happenings().items())
    for _ in range(chance.choice((1, 1, 1, 2, 2, 3))):
        events = {}
        for _ in range(chance.choice((0, 1, 1, 1, 2, 2, 3))):
            bad = chance.random() < 0.6
            what = chance.choice(list(Bad)) if bad else chance.choice(happenings)[1]
            events[chance.randrange(_CALLS)] = what
        who = "eve" if chance.random() < 0.2 else "up"
        story.run(who, events, take_over=chance.random() < 0.1)
        if chance.random() < 0.2:
            chance.choice(happenings)[1]()
    story.end()
    return story
