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
    git,
    intents,
    land,
    life,
    master,
    refs,
)

from stacker import wiring
from stacker.errors import GitError
from stacker.forge.api import MergeRefused
from stacker.git.push import Pushed, PushRefused
from stacker.land import flow, lander
from stacker.land import intent as journal
from stacker.land.intent import Step
from stacker.land.lander import Held
from stacker.land.outcome import Way
from stacker.land.preflight import Ready

PUSH = Ready(Way.PUSH, None, (), None)


class Died(BaseException):
    """What a power cut is to the code that runs."""


@contextmanager
def dying_at(monkeypatch, name):
    """The next call of `lander.<name>` never happens; it is kept for later."""
    kept = []

    def die(*arguments, **options):
        kept.append((arguments, options))
        raise Died

    with monkeypatch.context() as patch:
        patch.setattr(lander, name, die)
        yield kept


def stopped_before_its_push(world, monkeypatch):
    """A landing that died with its lock held, about to push; its intent."""
    with dying_at(monkeypatch, "commit_by_push"), acting_as(world, "up"), pytest.raises(Died):
        world.run("land", "--group", "final")
    [intent] = journal.unfinished(world.folder / ".stacker")
    assert intent.step is Step.COMMITTING
    assert git(world.upstream.path, "rev-parse", LOCK) == intent.lock
    return intent


@contextmanager
def desk(world):
    with acting_as(world, "up"), wiring.desk(world.folder) as found:
        yield found


def test_the_late_push_of_a_dead_run_is_refused(ready, monkeypatch):
    intent = stopped_before_its_push(ready, monkeypatch)
    number = ready.lock.stage("b").pull
    ready.ask("POST", f"/repos/{UPSTREAM}/pulls/{number}/reviews",
              {"event": "REQUEST_CHANGES", "body": "Wait."}, "zed")  # fmt: skip
    said = land(ready, code=5)
    assert said["state"] == "blocked"
    assert master(ready) == intent.base  # so only the lock stands in its way
    with desk(ready) as at:
        late = lander.commit_by_push(at.work, PUSH, intent)
    assert isinstance(late, PushRefused)
    assert life(ready) == []
    assert refs(ready) == []


def test_without_that_the_very_push_arrives(ready, monkeypatch):
    """The test above can fail: nobody recovered, and the push is as good as ever."""
    intent = stopped_before_its_push(ready, monkeypatch)
    with desk(ready) as at:
        assert isinstance(lander.commit_by_push(at.work, PUSH, intent), Pushed)
    said = land(ready)
    assert (said["state"], said["commit"]) == ("landed", intent.candidate)
    assert all_or_none(ready) == 1
    assert [one["step"] for one in intents(ready)] == ["done"]


def test_a_dead_run_is_fenced_before_the_server_is_read(ready, monkeypatch):
    stopped_before_its_push(ready, monkeypatch)
    seen = []
    for name in ("fence", "read"):
        real = getattr(lander, name)
        monkeypatch.setattr(
            lander, name, lambda *a, real=real, name=name: (seen.append(name), real(*a))[1]
        )
    assert land(ready)["state"] == "landed"
    assert seen == ["fence", "read"] * 2


def test_a_server_that_cannot_be_read_is_unknown_and_nothing_more_is_done(ready, monkeypatch):
    stopped_before_its_push(ready, monkeypatch)
    before = refs(ready)

    def broken(*_):
        raise GitError("the line is dead")

    with monkeypatch.context() as patch:
        patch.setattr(lander, "read", broken)
        patch.setattr(lander, "fence", lambda *_: None)
        said = land(ready, code=6)
    assert (said["state"], said["reasons"][0]["text"]) == ("unknown", "the line is dead")
    assert (refs(ready), life(ready)) == (before, [])
    assert land(ready)["state"] == "landed"


def test_one_lock_for_two_that_claim_it(ready, monkeypatch):
    intent = stopped_before_its_push(ready, monkeypatch)
    with desk(ready) as at:
        held = lander.acquire(at.work, replace(intent, tx="other"))
        assert isinstance(held, Held)
        assert held.by.startswith("landing of final by ")
        lander.release(at.work, replace(intent, lock=None))
        assert refs(ready) == [LOCK]
        lander.release(at.work, intent)
        assert refs(ready) == []
        one, other = (lander.acquire(at.work, replace(intent, branch=b)) for b in ("x", "y"))
        assert one.lock != other.lock  # the same landing at the same second


def test_a_candidate_that_is_not_on_the_tip_is_never_pushed(ready, monkeypatch):
    intent = stopped_before_its_push(ready, monkeypatch)
    tip = ready.drift("Moved")
    with desk(ready) as at:
        lander.read(at.work, at.forge, intent, UPSTREAM)
        with pytest.raises(GitError, match="does not stand on"):
            lander.commit_by_push(at.work, PUSH, replace(intent, base=tip))
        assert isinstance(lander.commit_by_push(at.work, PUSH, intent), PushRefused)
    assert master(ready) == tip
    assert refs(ready) == [LOCK]  # all or nothing: the lock stayed too


def test_only_the_head_that_was_cleared_is_merged(approved, monkeypatch):
    """The landing branch moves after it was cleared, right before the merge is asked for."""
    world = approved()
    plan = world.folder / "series.toml"
    text = plan.read_text(encoding="utf-8")
    text = text.replace('branch = "master"', 'branch = "master"\nlanding = "pull-request"')
    plan.write_text(text, encoding="utf-8", newline="\n")
    real, answers = lander.commit_by_merge, []

    def moved(forge, ready, intent, repository, **texts):
        path, ref = world.upstream.path, "refs/heads/stacker-landing/master/final"
        foreign = git(path, "commit-tree", "-p", ref, "-m", "Mine", f"{ref}^{{tree}}")
        git(path, "update-ref", ref, foreign)
        answers.append(real(forge, ready, intent, repository, **texts))
        return answers[-1]

    with monkeypatch.context() as patch:
        patch.setattr(flow.lander, "commit_by_merge", moved)
        said = land(world, code=5)
    assert said["state"] == "waiting"
    [answer] = answers
    assert isinstance(answer, MergeRefused)
    assert answer.code == 409
    assert life(world) == []
    assert land(world)["state"] == "landed"
    assert all_or_none(world) == 1
