"""What the doctor learns from a forge, on the hub."""

from __future__ import annotations

import json
import urllib.request

import pytest
import small_series

from stacker import wiring
from stacker.doctor.flow import Landing, examine
from stacker.errors import StackerError
from stacker.forge.github import GitHub
from stacker.forge.pace import Pace
from stacker.git.process import Git
from stacker.hub.server import User, start
from stacker.hub.state import connect
from stacker.series.directory import SeriesDirectory

NOT_ACCESSIBLE = "Resource not accessible by personal access token"


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    people = [User(name, f"{name}-token") for name in ("up", "me", "rita")]
    people.append(User("me", "fine-token", ("me/proj",)))
    people.append(User("up", "blunt-token", ()))
    with start(tmp_path_factory.mktemp("forge") / "hub", people) as running:
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

    def examined(token="me-token", fork='fork = "me/proj"', landing=None):
        if token is None:
            monkeypatch.delenv("GITHUB_TOKEN")
        else:
            monkeypatch.setenv("GITHUB_TOKEN", token)
        plan = tmp_path / "s" / "series.toml"
        text = plan.read_text(encoding="utf-8").replace('fork = "me/proj"', fork)
        plan.write_text(text.replace('publish = "append"\n', ""), encoding="utf-8")
        found = tuple(examine(SeriesDirectory(tmp_path / "s"), wiring.reach, landing=landing))
        assert token is None or not any(token in repr(one) for one in found)
        return {one.name: (str(one.health), one.message) for one in found}

    return examined


def test_the_owner_of_the_fork_may_push_there(look, hub):
    found = look()
    assert found["forge"] == ("ok", f"{hub.url}, as me")
    assert found["forge proj"] == ("ok", "up/proj: this token has the right to read")
    assert found["branches proj"] == ("ok", "go to me/proj, where git may push")
    assert found["pulls proj"] == ("ok", "this token may open pull requests in up/proj")
    assert found["token"] == ("ok", "classic, with the scopes repo, workflow")
    assert found["CLA proj"] == ("ok", "not known before a pull request is open")
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
    assert look("up-token", fork="")["branches proj"] == (
        "ok", "go to up/proj itself, where git may push",
    )  # fmt: skip
    assert look("me-token", fork="")["branches proj"][0] == "problem"


def test_a_fine_grained_token_opens_no_pull_requests(look, hub):
    before = wrote(hub)
    found = look("fine-token")
    assert found["token"][1].startswith("fine-grained")
    assert found["branches proj"] == ("ok", "go to me/proj, where git may push")
    assert found["pulls proj"] == (
        "problem",
        f"this token may open no pull requests in up/proj: {NOT_ACCESSIBLE}",
    )
    assert wrote(hub) == before


def test_git_is_asked_too_for_the_forge_tells_what_the_person_may_do(look):
    assert look("blunt-token", fork="")["branches proj"] == (
        "problem", "git may not push to up/proj: Write access to repository not granted.",
    )  # fmt: skip


def test_a_coordinator_has_what_a_landing_needs(look, hub):
    before = wrote(hub)
    found = look("up-token", landing=Landing("SHA256:abc"))
    assert found["land proj"] == ("ok", "git may push to up/proj")
    assert found["rules proj"] == ("ok", "main: not protected")
    assert found["pulls proj"][0] == "ok"
    assert "branches proj" not in found  # they are the porter's
    assert found["merging proj"] == ("ok", "rebase, merge, squash; a push goes before")
    assert found["statuses proj"] == ("ok", "this token may set them in up/proj")
    assert found["trust"][0] == found["signers"][0] == "ok"
    assert found["signing key"] == ("ok", "SHA256:abc can sign")
    assert wrote(hub) == before


def test_a_porter_has_not(look, hub):
    rules = {
        "required_status_checks": None, "enforce_admins": True, "restrictions": None,
        "required_pull_request_reviews": {"required_approving_review_count": 1},
    }  # fmt: skip
    protected = ask(hub, "PUT", "/repos/up/proj/branches/main/protection", "up", rules)
    assert protected.status == 200
    try:
        found = look(landing=Landing(StackerError("it cannot sign")))
    finally:
        ask(hub, "DELETE", "/repos/up/proj/branches/main/protection", "up")
    assert found["land proj"] == ("problem", "this token may not write to up/proj")
    assert found["rules proj"] == (
        "warning",
        "main: protected; required CI checks: none; the other rules only its admins see",
    )
    assert found["statuses proj"] == ("problem", "this token may set none in up/proj: Not Found")
    assert found["signing key"] == ("problem", "it cannot sign")
    assert "land proj" not in look()


def ask(hub, method, path, who, body=None):
    request = urllib.request.Request(
        hub.api + path, None if body is None else json.dumps(body).encode(), method=method,
        headers={"Authorization": f"token {who}-token"},
    )  # fmt: skip
    with urllib.request.urlopen(request) as answer:
        return answer


def wrote(hub):
    """Every ref and every row that anybody can have made."""
    refs = [Git(path).text("for-each-ref") for path in sorted(hub.root.glob("*/*.git"))]
    with connect(hub.root) as db:
        tables = ("pulls", "statuses", "check_runs", "repositories", "protections")
        return refs, [db.number(f"SELECT count(*) FROM {table}") for table in tables]


def test_without_a_token_the_rest_is_still_examined(look):
    found = look(None)
    assert found["forge"][0] == "warning"
    assert found["upstream proj"][0] == "ok"


def test_a_token_that_the_forge_does_not_know(look):
    assert look("wrong-token")["forge"][0] == "problem"


def ends(hub, name, who):
    tip = Git(hub.root / "up" / "proj.git").text("rev-parse", "main")
    run = {"name": name, "head_sha": tip, "conclusion": "success", "event": "push"}
    with start(hub.root, [User(who, f"{who}-token")]) as theirs:  # a second server of the same hub
        ask(theirs, "POST", "/repos/up/proj/check-runs", who, run)


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
