from __future__ import annotations

import os

import pytest

from stacker import settings, wiring
from stacker.errors import UsageError


@pytest.fixture(autouse=True)
def no_helpers(monkeypatch, tmp_path):
    """Neither gh nor a credential helper answers: there is no program at all."""
    monkeypatch.setenv("PATH", str(tmp_path))


def test_the_token_goes_to_github(monkeypatch):
    monkeypatch.setenv("GITHUB_TOKEN", "secret")
    assert settings.token("https://github.com") == "secret"


@pytest.mark.parametrize(
    "host",
    ["https://ghe.example.com", "https://github.com.evil.example", "http://127.0.0.1:8080"],
)
def test_a_plan_that_names_another_host_does_not_get_it(monkeypatch, host):
    monkeypatch.setenv("GITHUB_TOKEN", "secret")
    assert settings.token(host) is None
    assert wiring.site(host).credential is None


@pytest.mark.parametrize("variable", ["STACKER_FORGE", "GITHUB_SERVER_URL"])
def test_where_the_environment_itself_points_it_goes(monkeypatch, variable):
    monkeypatch.setenv("GITHUB_TOKEN", "secret")
    monkeypatch.setenv(variable, "https://ghe.example.com/")
    assert settings.token("https://ghe.example.com") == "secret"
    assert "secret" not in repr(wiring.site("https://ghe.example.com").credential)


@pytest.mark.parametrize(
    "url",
    ["http://example.com", "http://localhost.evil.example", "https://github.com/python", "ftp://x"],
)
def test_what_is_no_forge_is_refused(url):
    with pytest.raises(UsageError, match="no address of a forge"):
        wiring.site(url)


def test_the_demos_people_hold_no_real_token(monkeypatch):
    for name in ("GITHUB_TOKEN", "GH_TOKEN", "STACKER_FORGE", "STACKER_SIGNING_KEY"):
        monkeypatch.setenv(name, "secret")
    given = settings.as_demo_user("zooba")
    assert given["STACKER_DEMO_USER"] == "zooba"
    assert "secret" not in given.values()


def test_the_key_that_signs_is_a_file(monkeypatch, home):
    assert settings.signing_key() is None
    monkeypatch.setenv("STACKER_SIGNING_KEY", "")
    assert settings.signing_key() is None
    monkeypatch.setenv("STACKER_SIGNING_KEY", "~/keys/box")
    assert settings.signing_key() == home / "keys" / "box"


def test_a_hooks_variables_do_not_redirect_our_git(monkeypatch):
    monkeypatch.setenv("GIT_DIR", "/somewhere/else")
    monkeypatch.setenv("GIT_SSH_COMMAND", "ssh -i key")
    settings.seal()
    assert "GIT_DIR" not in os.environ
    assert os.environ["GIT_SSH_COMMAND"] == "ssh -i key"
