"""What the doctor learns from a forge, on the hub."""

from __future__ import annotations

import json
import urllib.request

import pytest
import small_series

from stacker import wiring
from stacker.doctor.flow import examine
from stacker.forge.github import GitHub
from stacker.forge.pace import Pace
from stacker.git.process import Git
from stacker.hub.server import User, start
from stacker.series.directory import SeriesDirectory


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    with small_series.serve(tmp_path_factory.mktemp("forge")) as running:
        yield running


@pytest.fixture
def look(tmp_path, hub, history, run_stacker, monkeypatch):
    """Examine the plan's forge with somebody's token; the plan may name another fork."""
    monkeypatch.setenv("STACKER_FORGE", hub.url)
    if not (hub.root / "up" / "proj.git").exists():
        history.draw(hub.root / "up" / "proj.git", small_series.BRANCHES)
        history.draw(hub.root / "me" / "other.git", small_series.BRANCHES)
        with GitHub(hub.api, "me-token", pace=Pace(here=True)) as me:
            me.create_fork("up/proj")
    monkeypatch.setenv("GITHUB_TOKEN", "me-token")
    done = run_stacker("init", "s", "--upstream", "up/proj", "--fork", "me/proj")
    assert done.code == 0, done.err

    def examined(token="me-token", fork='fork = "me/proj"'):
        if token is None:
            monkeypatch.delenv("GITHUB_TOKEN")
        else:
            monkeypatch.setenv("GITHUB_TOKEN", token)
        plan = tmp_path / "s" / "series.toml"
        text = plan.read_text(encoding="utf-8").replace('fork = "me/proj"', fork)
        plan.write_text(text.replace('publish = "append"\n', ""), encoding="utf-8")
        found = examine(SeriesDirectory(tmp_path / "s"), wiring.reach)
        return {one.name: (str(one.health), one.message) for one in found}

    return examined


def test_the_owner_of_the_fork_may_push_there(look, hub):
    found = look()
    assert found["forge"] == ("ok", f"{hub.url}, as me")
    assert found["forge proj"] == ("ok", "up/proj: this token has the right to read")
    assert found["branches proj"] == ("ok", "go to me/proj")
    assert found["rules proj"] == ("ok", "main: not protected")


def test_somebody_else_may_not(look):
    assert look("rita-token")["branches proj"] == (
        "problem", "this token may not push to me/proj",
    )  # fmt: skip


def test_a_fork_that_is_not_there(look):
    assert look(fork='fork = "me/nothing"')["branches proj"] == (
        "problem", "the forge shows no me/nothing",
    )  # fmt: skip


def test_a_repository_that_is_no_fork(look):
    assert look(fork='fork = "me/other"')["branches proj"] == (
        "problem", "me/other is no fork of up/proj",
    )  # fmt: skip


def test_without_a_fork_branches_go_to_upstream(look):
    assert look("up-token", fork="")["branches proj"] == ("ok", "go to up/proj itself")
    assert look("me-token", fork="")["branches proj"][0] == "problem"


def test_without_a_token_the_rest_is_still_examined(look):
    found = look(None)
    assert found["forge"][0] == "warning"
    assert found["upstream proj"][0] == "ok"


def test_a_token_that_the_forge_does_not_know(look):
    assert look("wrong-token")["forge"][0] == "problem"


def ends(hub, name, who):
    tip = Git(hub.root / "up" / "proj.git").text("rev-parse", "main")
    run = {"name": name, "head_sha": tip, "conclusion": "success", "event": "push"}
    with start(hub.root, [User(who, "secret")]) as theirs:  # a second server of the same hub
        request = urllib.request.Request(
            f"{theirs.api}/repos/up/proj/check-runs", json.dumps(run).encode(), method="POST",
            headers={"Authorization": "token secret"},
        )  # fmt: skip
        urllib.request.urlopen(request).close()


def test_the_ci_checks_of_the_plan_are_looked_for(look, hub, tmp_path):
    plan = tmp_path / "s" / "series.toml"

    def names(builder, app='app = "github-actions"'):
        text = plan.read_text(encoding="utf-8").partition("\n[runners")[0]
        more = f"""
[runners.ci]
kind = "github"
{app}
[platforms.arm]
runner = "ci"
builder = "{builder}"
[[checks]]
name = "test"
run = ["true"]
"""
        plan.write_text(text + more, encoding="utf-8")
        return look()["CI proj"]

    assert names("Tests") == ("warning", "no CI check 'Tests' was ever seen")
    ends(hub, "Tests / arm\x1b", "github-actions[bot]")
    ends(hub, "Docs", "up")
    assert names("Docs") == ("warning", "'Docs' was never made by github-actions")
    assert names("Docs", "") == ("warning", "'Docs' is only shown: the plan names no app")
    ends(hub, "Docs", "github-actions[bot]")
    assert names("Docs") == ("ok", "'Docs', by github-actions")
    assert names("Tests/arm")[0] == "warning"
    [near] = [one for one in examine(SeriesDirectory(tmp_path / "s"), wiring.reach)
              if one.name == "CI proj"]  # fmt: skip
    assert near.hint == "Mend `builder` in series.toml; did you mean 'Tests / arm\\\\u{1b}'?"
