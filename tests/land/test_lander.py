"""The commit point: who holds the lock, which pushes and merges are refused, what is read back."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace

import pytest
from land_world import (
    LOCK,
    UPSTREAM,
    acting_as,
    all_or_none,
    dies_at_its_commit,
    git,
    land,
    landing_by,
    landings,
    life,
    master,
    refs,
    unfinished,
)

from stacker import wiring
from stacker.errors import GitError
from stacker.hub.faults.rules import Before, Reply, Rule
from stacker.land import lock, protocol
from stacker.land.by_pull import ByPull
from stacker.land.by_push import ByPush
from stacker.land.journal import opened
from stacker.land.lock import Holder
from stacker.land.outcome import Way
from stacker.land.preflight import Ready
from stacker.land.request import Hands, LandRequest
from stacker.land.run import Run

PUSH = Ready(Way.PUSH, None, (), None)


@contextmanager
def site(world, who="up"):
    """The place of a landing, as a process finds it."""
    with acting_as(world, who), wiring.desk(world.folder) as desk:
        state = desk.work.directory.state
        with opened(state, lambda: desk.work.now) as journal:
            hands = Hands(desk.work, desk.forge, desk.place, None)
            run = Run(hands, LandRequest(group="final", environment={}, python=""), journal)
            yield run.site(desk.work.plan.repositories[0], UPSTREAM)


def stopped_before_its_push(world, monkeypatch):
    """A landing that died with its lock held, about to push."""
    landing = dies_at_its_commit(world, monkeypatch, ByPush)
    assert git(world.upstream.path, "rev-parse", LOCK) == landing.lock
    return landing


def refuse(world, stage):
    """A reviewer asks for changes."""
    number = world.lock.stage(stage).pull
    world.ask("POST", f"/repos/{UPSTREAM}/pulls/{number}/reviews",
              {"event": "REQUEST_CHANGES", "body": "Wait."}, "zed")  # fmt: skip


def test_the_late_push_of_a_dead_run_is_refused(ready, monkeypatch):
    landing = stopped_before_its_push(ready, monkeypatch)
    refuse(ready, "b")
    said = land(ready, code=5)
    assert said["state"] == "blocked"
    assert master(ready) == landing.intent.base  # so only the lock stands in its way
    with site(ready) as at:
        late = ByPush(at).commit(landing, PUSH)
    assert late.words
    assert life(ready) == []
    assert refs(ready) == []


def test_without_that_the_very_push_arrives(ready, monkeypatch):
    """The test above can fail: nobody recovered, and the push is as good as ever."""
    landing = stopped_before_its_push(ready, monkeypatch)
    with site(ready) as at:
        assert ByPush(at).commit(landing, PUSH).words == ""
    said = land(ready)
    assert (said["state"], said["commit"]) == ("landed", landing.intent.candidate)
    assert all_or_none(ready) == 1
    assert unfinished(ready) == ()


def test_what_was_given_up_never_has_the_same_candidate_again(ready, monkeypatch):
    """Or else a merge or push of the dead run could be good again."""
    landing = stopped_before_its_push(ready, monkeypatch)
    said = land(ready)
    assert said["state"] == "landed"
    assert said["tx"] != landing.intent.tx
    assert said["commit"] != landing.intent.candidate
    assert said["tree"] == landing.intent.tree


def test_a_dead_run_is_fenced_before_the_server_is_read(ready, monkeypatch):
    stopped_before_its_push(ready, monkeypatch)
    seen = []
    for place, name in ((ByPush, "fence"), (protocol, "read")):
        real = getattr(place, name)

        def spy(*arguments, real=real, name=name):
            seen.append(name)
            return real(*arguments)

        monkeypatch.setattr(place, name, spy)
    assert land(ready)["state"] == "landed"
    assert seen == ["fence", "read", "read"]  # the second landing's own answer was final


def test_while_it_is_classified_the_lock_is_ours(ready, monkeypatch):
    """So that no other coordinator acts meanwhile."""
    landing = stopped_before_its_push(ready, monkeypatch)
    real, held = protocol.read, []

    def look(at, *arguments):
        held.append(git(ready.upstream.path, "rev-parse", LOCK, check=False))
        return real(at, *arguments)

    monkeypatch.setattr(protocol, "read", look)
    assert land(ready)["state"] == "landed"
    assert len(held[0]) == 40
    assert held[0] != landing.lock


def test_a_server_that_cannot_be_read_is_unknown_and_nothing_more_is_done(ready, monkeypatch):
    stopped_before_its_push(ready, monkeypatch)

    def broken(*_):
        raise GitError("the line is dead")

    with monkeypatch.context() as patch:
        patch.setattr(protocol, "read", broken)
        said = land(ready, code=6)
    assert (said["state"], said["reasons"][0]["text"]) == ("unknown", "the line is dead")
    assert (refs(ready), life(ready)) == ([LOCK], [])
    assert land(ready)["state"] == "landed"
    assert refs(ready) == []


def test_a_freeze_that_fails_leaves_no_lock(ready):
    ready.hub.faults.set(
        Rule(Before(Reply(403, {"message": "No."})), "POST", "/repos/**/statuses/*")
    )
    ran = land(ready, code=1)
    assert "cannot" in ran["error"]["message"]
    assert (refs(ready), life(ready)) == ([], [])
    ready.hub.faults.set()
    assert land(ready)["state"] == "landed"


def test_one_lock_for_two_that_claim_it(ready, monkeypatch):
    landing = stopped_before_its_push(ready, monkeypatch)
    with site(ready) as at:
        other = at.journal.begin(replace(landing.intent, tx="0" * 20))
        held = lock.acquire(at, other)
        assert isinstance(held, Holder)
        assert held.said.startswith("landing of final by ")
        assert held.intent == landing.intent
        lock.release(at, other)
        assert refs(ready) == [LOCK]
        lock.release(at, landing)
        assert refs(ready) == []
        one, two = (lock._value(at, landing.intent) for _ in range(2))
        assert one != two  # the same landing at the same second


def test_a_candidate_that_is_not_on_the_tip_is_never_pushed(ready, monkeypatch):
    landing = stopped_before_its_push(ready, monkeypatch)
    tip = ready.drift("Moved")
    with site(ready) as at:
        at.upstream.tip()
        elsewhere = replace(landing, intent=replace(landing.intent, base=tip))
        with pytest.raises(GitError, match="does not stand on"):
            ByPush(at).commit(elsewhere, PUSH)
        assert ByPush(at).commit(landing, PUSH).words
    assert master(ready) == tip
    assert refs(ready) == [LOCK]  # all or nothing: the lock stayed too


def test_only_the_head_that_was_cleared_is_merged(approved, monkeypatch):
    """The landing branch moves after it was cleared, right before the merge is asked for."""
    world = landing_by(approved(), "pull-request")
    real, answers = ByPull.commit, []

    def moved(self, landing, ready):
        path, ref = world.upstream.path, "refs/heads/stacker-landing/master/final"
        foreign = git(path, "commit-tree", "-p", ref, "-m", "Mine", f"{ref}^{{tree}}")
        git(path, "update-ref", ref, foreign)
        answers.append(real(self, landing, ready))
        return answers[-1]

    with monkeypatch.context() as patch:
        patch.setattr(ByPull, "commit", moved)
        said = land(world, code=5)
    assert said["state"] == "waiting"
    [answer] = answers
    assert answer.final
    assert "Head branch was modified" in answer.words
    assert life(world) == []
    assert land(world)["state"] == "landed"
    assert all_or_none(world) == 1


def test_the_late_merge_of_a_dead_run_is_refused(approved, monkeypatch):
    """It died asking; recovery gives the pull request another head, and then it arrives."""
    world = landing_by(approved(), "pull-request")
    landing = dies_at_its_commit(world, monkeypatch, ByPull)
    refuse(world, "b")
    assert land(world, code=5)["state"] == "blocked"
    body = {"sha": landing.intent.candidate, "merge_method": "rebase"}
    path = f"/repos/{UPSTREAM}/pulls/{landing.pull}/merge"
    assert world.ask("PUT", path, body, "up", ok=False) is None
    assert (life(world), refs(world)) == ([], [])
    assert [one.ended for one in landings(world)] == [True]
