"""Where the password of a master goes, and where it does not."""

from __future__ import annotations

from stacker import settings
from stacker.git.process import sealed_environment
from stacker.verify.environment import asked_for


def test_a_runner_may_have_an_account_of_its_own(monkeypatch):
    assert settings.account("my-bots") is None
    monkeypatch.setenv("STACKER_BUILDBOT_USER", "me")
    assert settings.account("my-bots") is None
    monkeypatch.setenv("STACKER_BUILDBOT_PASSWORD", "secret")
    assert settings.account("my-bots") == ("me", "secret")
    monkeypatch.setenv("STACKER_BUILDBOT_USER_MY_BOTS", "other")
    monkeypatch.setenv("STACKER_BUILDBOT_PASSWORD_MY_BOTS", "hidden")
    assert settings.account("my-bots") == ("other", "hidden")
    assert settings.account("bots") == ("me", "secret")


def test_neither_git_nor_a_check_nor_the_demo_gets_it(monkeypatch):
    name = "STACKER_BUILDBOT_PASSWORD_BOTS"
    monkeypatch.setenv(name, "secret")
    assert name not in sealed_environment()
    assert name not in settings.as_demo_user("me")
    assert asked_for({name: "secret"}, [name]) == {}
