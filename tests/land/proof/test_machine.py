"""Hypothesis looks for a story that breaks a promise: runs, faults, what others do, in any order.

All that `invariants.py` holds is looked at after every change on the server; at the end of each
story the faults stop, and it must come to an end.
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from proof.chance import WAYS
from proof.scene import STAGES
from proof.story import OF_MEMBERS, Story
from proof.turns import Bad

WHO = st.sampled_from(("up", "up", "up", "eve"))
STAGE = st.sampled_from(STAGES)
MOMENT = st.integers(0, 60)  # the number of a call; a run has some 40 to 60 of them
OF_UPSTREAM = st.sampled_from((
    "drift", "conflict", "rewind", "later", "arrive", "button", "no lock", "no landing branch",
))  # fmt: skip
DOING = OF_UPSTREAM | st.builds("{} {}".format, st.sampled_from(OF_MEMBERS), STAGE)


class Landings(RuleBasedStateMachine):
    """One story; `scene` is put there by the test."""

    scene = None

    @initialize(options=st.sampled_from(WAYS))
    def begin(self, options):
        self.story = Story(self.scene, options)
        self.doings = self.story.happenings()

    @rule(who=WHO, bad=st.dictionaries(MOMENT, st.sampled_from(Bad), max_size=3))
    def land_with_faults(self, who, bad):
        self.run(who, bad)

    @rule(who=WHO, moment=MOMENT, name=DOING, other=MOMENT, bad=st.none() | st.sampled_from(Bad))
    def land_while_others_act(self, who, moment, name, other, bad):
        events = {moment: self.doings[name]}
        self.run(who, events | ({other: bad} if bad else {}))

    @rule(moment=MOMENT, bad=st.dictionaries(MOMENT, st.sampled_from(Bad), max_size=2))
    def two_at_once(self, moment, bad):
        """Another coordinator's whole run, somewhere within this one's."""
        self.run("up", bad | {moment: lambda: self.story.run("eve")})

    @rule(name=DOING)
    def others_act(self, name):
        self.doings[name]()

    @rule(who=WHO)
    def take_over(self, who):
        self.story.run(who, take_over=True)

    def run(self, who, events):
        self.story.run(who, events)
        assert self.story.broken == []

    def teardown(self):
        if hasattr(self, "story"):
            self.story.end()
            assert self.story.broken == []
            self.story.wrong.close()


@pytest.fixture
def machine(scene):
    return type("Landings", (Landings,), {"scene": scene})


def test_no_story_breaks_a_promise(machine):
    """A few in the gate, the same each time; `--hypothesis-profile=search` looks for more."""
    few = settings(
        max_examples=settings().max_examples // 2, stateful_step_count=6,
        suppress_health_check=list(HealthCheck), phases=[Phase.generate],
    )  # fmt: skip
    run_state_machine_as_test(machine, settings=few)
