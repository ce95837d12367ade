"""The checker can fail: each way of landing that breaks a promise is caught, and by its name."""

from __future__ import annotations

from dataclasses import replace

import pytest
from proof import coordinator
from proof.coordinator import Coordinator, Options
from proof.scene import MASTER, NAME
from proof.story import Story
from proof.turns import Bad

from stacker.forge.api import CIState
from stacker.git.push import Pushed, RefUpdate
from stacker.land import by_push, lock, protocol, settle
from stacker.land.classify import Landed, NotLanded
from stacker.land.journal import Step
from stacker.land.lander import Answer
from stacker.series.plan.choices import Landing

BY_PULL = Options(Landing.PULL_REQUEST, method="squash")


def names(story):
    """What was violated, by name."""
    return {words.partition(":")[0] for words in story.broken}


def calls(scene, options=None):
    """What a run does that meets nothing, by call."""
    story = Story(scene, options)
    story.run()
    assert not story.broken
    return [call.what for call in story.told[0][1].calls]


def at(found, word):
    """The number of the first call with that word."""
    return next(n for n, what in enumerate(found) if word in what)


def commits(patch, how):
    """`ByPush` commits otherwise."""
    patch.setattr(by_push.ByPush, "commit", how)


@pytest.mark.parametrize("options", [None, BY_PULL])
def test_nothing_is_found_where_nothing_is_wrong(scene, options):
    story = Story(scene, options)
    assert story.run().state == story.end().state == "landed"
    assert story.broken == []


def test_what_others_took_out_comes_back_unmeant(scene):
    story = Story(scene)
    story.run()
    landed = scene.tip
    scene.push("zed", MASTER, scene.start)
    assert story.broken == []
    scene.push("up", MASTER, landed)
    assert "once" in names(story)


def test_member_by_member(scene, monkeypatch):
    def one_by_one(self, landing, ready):
        tip = landing.intent.base
        for member in landing.intent.members:
            self.at.upstream.push([RefUpdate(MASTER, tip, member.landed_as)])
            tip = member.landed_as
        return Answer("", final=True)

    commits(monkeypatch, one_by_one)
    story = Story(scene)
    story.run()
    assert {"planned", "write-ahead"} <= names(story)


def test_a_part_of_the_group(scene, monkeypatch):
    real = Coordinator._intended

    def lesser(self, found, ready, clean):
        few = replace(clean, commit=clean.segments[1].tip, tree=clean.segments[1].tree,
                      segments=clean.segments[:2])  # fmt: skip
        return real(self, found, replace(ready, members=ready.members[:2]), few)

    monkeypatch.setattr(Coordinator, "_intended", lesser)
    story = Story(scene)
    story.run()
    assert "all-or-none" in names(story)


def test_a_push_without_a_lease(scene, monkeypatch):
    def forced(self, landing, ready):
        tip = self.at.upstream.tip()
        unlock = RefUpdate(landing.intent.lock_ref, landing.lock, None)
        self.at.upstream.push([RefUpdate(MASTER, tip, landing.intent.candidate), unlock])
        return Answer("", final=True)

    found = calls(scene)
    commits(monkeypatch, forced)
    story = Story(scene)
    story.run("up", {at(found, "'commit'"): story.drift})
    assert {"cas", "forward"} <= names(story)


def test_a_verdict_from_the_exit_code(scene, monkeypatch):
    """The push arrives, its answer is lost, and "not landed" is said of what has landed."""

    def believed(self, landing, ready):
        target = RefUpdate(MASTER, landing.intent.base, landing.intent.candidate)
        unlock = RefUpdate(landing.intent.lock_ref, landing.lock, None)
        self.at.upstream.push([target, unlock])
        return Answer("the connection ended", final=True)

    commits(monkeypatch, believed)
    monkeypatch.setattr(protocol, "classify", lambda reads: NotLanded())
    story = Story(scene)
    story.run()
    assert "untruthful" in names(story)


def test_landed_is_said_without_looking(scene, monkeypatch):
    found = calls(scene)
    monkeypatch.setattr(
        protocol, "classify", lambda reads: Landed(reads.base, reads.expected, moved=False)
    )
    story = Story(scene)
    story.run("up", {at(found, MASTER + ":"): Bad.LATE})
    assert {"untruthful", "announced"} <= names(story)


def test_no_fence(scene, monkeypatch):
    """The push of a killed run arrives after its end was told."""
    found = calls(scene)
    monkeypatch.setattr(by_push.ByPush, "fence", lambda self, landing: landing)
    monkeypatch.setattr(lock, "release", lambda at, landing: landing)
    story = Story(scene)
    story.run("up", {at(found, MASTER + ":"): Bad.LATE})
    story.wrong.arrive()
    assert "late" in names(story)


def test_a_push_that_is_not_written_down(scene, monkeypatch):
    real = protocol.Step
    monkeypatch.setattr(
        "stacker.land.journal.Journal.about",
        lambda self, landing, step, **detail: (
            landing if step is real.COMMIT else self._add(landing, "about", step, detail)
        ),
    )
    story = Story(scene)
    story.run()
    assert "write-ahead" in names(story)


def test_no_lock(scene, monkeypatch):
    def without(self, landing, ready):
        done = self.at.upstream.push(
            [RefUpdate(MASTER, landing.intent.base, landing.intent.candidate)]
        )
        return Answer("", final=isinstance(done, Pushed))

    found = calls(scene)
    commits(monkeypatch, without)
    story = Story(scene)
    story.run("up", {at(found, "'commit'"): story.happenings()["no lock"]})
    assert "lock" in names(story)


def test_no_freeze(scene, monkeypatch):
    def none(at, landing):
        return at.journal.about(landing, Step.FREEZE)

    monkeypatch.setattr(protocol, "freeze", none)
    story = Story(scene)
    story.run()
    assert "gate" in names(story)


def test_closed_without_a_link(scene, monkeypatch):
    monkeypatch.setattr(settle, "_say_once", lambda forge, pull, said, mark: None)
    story = Story(scene, BY_PULL)
    story.run()
    assert "linked" in names(story)


def test_announced_again(scene, monkeypatch):
    real = settle._say_once

    def twice(forge, pull, said, mark):
        forge.comment(pull.repository, pull.number, said)
        real(forge, pull, said, mark)

    monkeypatch.setattr(settle, "_say_once", twice)
    story = Story(scene, BY_PULL)
    story.run()
    assert "announced" in names(story)


def test_what_was_not_approved(scene, monkeypatch):
    real = Coordinator._gathered

    def approving(self):
        found = real(self)
        group = found.facts.group._replace(approvals=0)
        return replace(found, facts=replace(found.facts, group=group))

    monkeypatch.setattr(Coordinator, "_gathered", approving)
    story = Story(scene)
    scene.push("porter", "refs/heads/s/d", other := scene.commit([scene.heads["d"]], {}, "Other"))
    monkeypatch.setitem(scene.heads, "d", other)
    story.run()
    assert "reviewed" in names(story)


def test_a_gate_that_passes_a_member(scene, monkeypatch):
    real = protocol.freeze

    def opened(at, landing):
        landing = real(at, landing)
        at.forge.set_status(
            NAME, landing.intent.members[0].head, context="land-together",
            state=CIState.SUCCESS, description="",
        )  # fmt: skip
        return landing

    monkeypatch.setattr(protocol, "freeze", opened)
    story = Story(scene)
    story.run()
    assert {"gate", "write-ahead"} <= names(story)


def test_a_lock_that_stays(scene, monkeypatch):
    monkeypatch.setattr(lock, "release", lambda at, landing: landing)
    story = Story(scene, BY_PULL)
    story.run()
    story.end()
    assert "released" in names(story)


def test_what_a_dead_run_left_is_never_settled(scene, monkeypatch):
    found = calls(scene)
    monkeypatch.setattr(
        coordinator, "recover", lambda at, landing: protocol.Unread(landing, "it cannot be read")
    )
    story = Story(scene)
    story.run("up", {at(found, MASTER + ":"): Bad.KILL_BEFORE})
    story.end()
    assert "alive" in names(story)


def test_a_second_run_that_does_something(scene, monkeypatch):
    real = Coordinator._had_landed

    def chatty(self, found):
        self.at.forge.comment(NAME, 1, "Still there.")
        return real(self, found)

    monkeypatch.setattr(Coordinator, "_had_landed", chatty)
    story = Story(scene)
    story.run()
    story.end()
    assert "again" in names(story)
