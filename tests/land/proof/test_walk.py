"""Every fault at every call: a part of the walk in the gate, the whole of it in `make soak`.

A part is of a size that has each way, each call and each fault.
"""

from __future__ import annotations

from proof import walk
from proof.chance import WAYS
from proof.scene import STAGES
from proof.turns import Bad
from searching import in_full

from stacker.series.plan.choices import Landing

EVERY = 17 if in_full() else 29


def test_a_part_has_each_way_call_and_fault(scene):
    part = list(walk.steps(scene, every=EVERY))
    assert {options for options, *_ in part} == set(WAYS)
    assert {bad for *_, bad in part} == set(Bad)
    for landing in (Landing.PUSH, Landing.PULL_REQUEST):
        ways = [way for way in WAYS if way.landing is landing]
        calls = {moment for way, moment, _ in part if way in ways}
        assert calls >= set(range(min(walk.moments(scene, way) for way in ways)))


def test_all_or_none_whatever_fails_at_whichever_call(scene):
    for options, moment, bad in walk.steps(scene, every=EVERY):
        story = walk.take(scene, options, moment, bad)
        assert story.broken == [], (options, moment, bad)
        assert scene.inside(scene.tip) == set(STAGES), (options, moment, bad)
