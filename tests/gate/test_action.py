"""What upstream installs: the very script of the workflow, as a process, against the hub."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib import resources
from types import SimpleNamespace

import pytest
from gate_world import on_forge, press
from land_world import UPSTREAM, git, land, landing_pull, protect

from stacker.gate.action import printing

SCRIPT = resources.files("stacker.gate.action") / "land_together.py"
HERE = ".github/land-together.toml"


@pytest.fixture
def installed(gated, tmp_path):
    """A group of two whose upstream has the groups' file on its branch."""
    world = gated()
    group = world.good("gate", "groups")
    assert group["path"] == HERE
    commit(world, group["text"])
    return world


def commit(world, text, branch="master"):
    """A maintainer writes the groups' file on a branch."""
    title = f"Groups on {branch}: {len(text)}"
    world.upstream.add(branch, (title, {HERE: text, "f.txt": "".join(world.lines)}))


def numbers(world):
    return {stage: world.lock.stage(stage).pull for stage in "ab"}


def judge(world, pull=None, *, token="token-zed", label="land-together", url=None, code=0):
    """Run the workflow's script for an event; the calls it made."""
    event = world.root / "event.json"
    event.write_text(json.dumps({} if pull is None else {"pull_request": pull}), "utf-8")
    world.door.seen.clear()
    done = subprocess.run(
        [sys.executable, "-I", str(SCRIPT)],
        env={
            "GITHUB_TOKEN": token, "GITHUB_API_URL": url or world.hub.api,
            "GITHUB_REPOSITORY": UPSTREAM, "GITHUB_EVENT_PATH": str(event),
            "LAND_TOGETHER_BRANCH": "master", "LAND_TOGETHER_LABEL": label,
            "PATH": "", "SYSTEMROOT": "C:\\Windows",
        },
        capture_output=True, check=False, text=True,
    )  # fmt: skip
    assert done.returncode == code, (done.stdout, done.stderr)
    assert token not in done.stdout + done.stderr
    return SimpleNamespace(calls=list(world.door.seen), out=done.stdout, err=done.stderr)


def opened(world, branch, who="zed", **body):
    """Somebody's pull request from upstream's own branch."""
    git(world.upstream.path, "update-ref", f"refs/heads/{branch}", tip_of_other(world, branch))
    asked = {"title": "Other", "head": branch, "base": "master"} | body
    return world.ask("POST", f"/repos/{UPSTREAM}/pulls", asked, who)


def tip_of_other(world, branch):
    path = world.upstream.path
    return git(path, "commit-tree", "-p", "master", "-m", branch, "master^{tree}")


def said(world, sha):
    found = world.ask("GET", f"/repos/{UPSTREAM}/commits/{sha}/statuses")
    return [(s["state"], s["description"]) for s in found if s["context"] == "land-together"]


def test_members_fail_and_name_each_other(installed):
    number = numbers(installed)
    judge(installed, installed.pull("a"))
    for stage, other in ("ab", "ba"):
        assert on_forge(installed, stage) == [
            ("failure", f"Lands only together with #{number[other]}")
        ]
    protect(installed, checks=["land-together"])
    assert press(installed, "a") is None


def test_what_is_in_no_group_passes_after_one_question(installed):
    pull = opened(installed, "other")
    calls = judge(installed, pull).calls
    assert [method for method, *_ in calls] == ["GET", "POST"]
    assert said(installed, pull["head"]["sha"]) == [("success", "In no group")]


def test_the_landing_pull_request_passes_while_it_is_whole(installed):
    protect(installed, approvals=1)
    land(installed, code=5)
    pull = landing_pull(installed)
    judge(installed, pull)
    assert said(installed, pull["head"]["sha"]) == [("success", "Holds the whole group")]
    moved = git(
        installed.fork, "commit-tree", "-p", "s/a", "-m", "More", "s/a^{tree}"
    )  # fmt: skip
    git(installed.fork, "update-ref", "refs/heads/s/a", moved)
    judge(installed, pull)
    text = f"Is not the whole group as it is now: #{numbers(installed)['a']}"
    assert said(installed, pull["head"]["sha"])[0] == ("failure", text)


def test_a_branch_that_is_only_called_like_one_does_not(installed):
    pull = opened(installed, "stacker-landing/master/final")
    judge(installed, pull)
    assert said(installed, pull["head"]["sha"])[0][0] == "failure"


def test_one_that_was_merged_alone_freezes_nobody_by_itself_and_is_told(installed):
    """Of two the other one may follow; of more they stay frozen together."""
    world = installed
    world.graph("markPullRequestReadyForReview", world.pull("a"))
    assert press(world, "a") is not None
    judge(world, world.pull("a"))
    assert on_forge(world, "b") == [("success", "The others have landed")]


def test_the_whole_list_is_judged_when_the_branch_moves(installed):
    judge(installed, None)
    assert [on_forge(installed, stage)[0][0] for stage in "ab"] == ["failure", "failure"]


@pytest.mark.parametrize("text", [None, "no toml [", "[g]\npulls = []\n", '[g]\npulls = ["x"]\n'])
def test_without_its_file_it_fails_closed_for_what_is_labelled(gated, text):
    world = gated()
    if text is not None:
        commit(world, text)
    pull = opened(world, "other")
    judge(world, pull)
    assert said(world, pull["head"]["sha"])[0][0] == "success"
    path = f"/repos/{UPSTREAM}/issues/{pull['number']}/labels"
    world.ask("POST", path, {"labels": ["land-together"]}, "up")
    judge(world, world.ask("GET", f"/repos/{UPSTREAM}/pulls/{pull['number']}"))
    state, words = said(world, pull["head"]["sha"])[0]
    assert (state, "cannot be read" in words) == ("failure", True)


def test_a_label_without_a_group_waits_for_one(installed):
    pull = opened(installed, "other")
    path = f"/repos/{UPSTREAM}/issues/{pull['number']}/labels"
    installed.ask("POST", path, {"labels": ["land-together"]}, "up")
    judge(installed, installed.ask("GET", f"/repos/{UPSTREAM}/pulls/{pull['number']}"))
    assert said(installed, pull["head"]["sha"])[0][0] == "failure"


def test_a_list_that_is_changed_in_the_pull_request_itself_says_nothing(installed):
    git(installed.upstream.path, "update-ref", "refs/heads/mine", "master")
    commit(installed, "[s-final]\npulls = [1]\n", branch="mine")
    pull = installed.pull("a")
    judge(installed, pull | {"head": pull["head"] | {"ref": "mine"}})
    assert on_forge(installed, "a")[0][0] == "failure"


def test_a_status_is_of_the_head_that_was_judged(installed):
    """What is pushed afterwards has none, and a check that is missing has not passed."""
    judge(installed, installed.pull("a"))
    moved = git(installed.fork, "commit-tree", "-p", "s/a", "-m", "More", "s/a^{tree}")
    git(installed.fork, "update-ref", "refs/heads/s/a", moved)
    assert installed.pull("a")["head"]["sha"] == moved
    assert on_forge(installed, "a") == []


def test_the_token_goes_nowhere_else(installed):
    ran = judge(installed, installed.pull("a"), url="http://example.org/api/v3", code=1)
    assert "no https address" in ran.err
    assert ran.calls == []


def test_the_workflow_has_no_more_rights_than_it_needs(installed):
    made = installed.good("gate", "workflow")
    assert made["path"] == ".github/workflows/land-together.yml"
    text = made["text"]
    assert "\npermissions:\n  pull-requests: read\n  statuses: write\n\n" in text
    assert re.findall(r"^\s*(?:- )?uses:", text, re.MULTILINE) == []  # no action of others
    assert re.findall(r"\$\{\{.*?\}\}", text) == ["${{ github.token }}"]  # nothing of an event
    assert "pull_request_target:" in text
    assert "checkout" not in text
    indented = text.split("        run: |\n")[1]
    script = re.sub(r"^ {10}", "", indented, flags=re.MULTILINE)
    assert script == SCRIPT.read_text(encoding="utf-8")
    assert printing.digest() in text
    compile(script, "land_together.py", "exec")


def test_what_it_needs_is_in_every_python(installed):
    text = SCRIPT.read_text(encoding="utf-8")
    modules = re.findall(r"^(?:import|from) ([a-z0-9_]+)", text, re.MULTILINE)
    assert {*modules} <= {*sys.stdlib_module_names}
    assert len(text.splitlines()) < 300
