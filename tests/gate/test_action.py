"""What upstream installs: the very script of the workflow, as a process, against the hub."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from importlib import resources
from types import SimpleNamespace

import pytest
from gate_world import on_forge, press
from land_world import UPSTREAM, git, land, landing_pull, protect

from stacker.gate.action import printing
from stacker.git.objects import Oid
from stacker.hub.faults.rules import Before, Reply, Rule
from stacker.series.lock import serialise

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


def judge(
    world, pull=None, *, token="token-zed", label="land-together", url=None, graph=None, code=0
):
    """Run the workflow's script for an event; the calls it made."""
    event = world.root / "event.json"
    event.write_text(json.dumps({} if pull is None else {"pull_request": pull}), "utf-8")
    world.door.seen.clear()
    done = subprocess.run(
        [sys.executable, "-I", str(SCRIPT)],
        env={
            "GITHUB_TOKEN": token, "GITHUB_API_URL": url or world.hub.api,
            "GITHUB_GRAPHQL_URL": graph or f"{world.hub.url}/api/graphql",
            "GITHUB_REPOSITORY": UPSTREAM, "GITHUB_EVENT_PATH": str(event),
            "LAND_TOGETHER_BRANCH": "master", "LAND_TOGETHER_LABEL": label,
            "PATH": "", "SYSTEMROOT": "C:\\Windows",
        },
        capture_output=True, check=False, text=True,
    )  # fmt: skip
    assert done.returncode == code, (done.stdout, done.stderr)
    assert token not in done.stdout + done.stderr
    return SimpleNamespace(calls=list(world.door.seen), out=done.stdout, err=done.stderr)


def opened(world, branch):
    """Somebody's pull request from upstream's own branch."""
    git(world.upstream.path, "update-ref", f"refs/heads/{branch}", tip_of_other(world, branch))
    return proposed(world, branch)


def proposed(world, head, who="zed"):
    """A pull request from a branch that is there."""
    asked = {"title": "Other", "head": head, "base": "master"}
    return world.ask("POST", f"/repos/{UPSTREAM}/pulls", asked, who)


def more_on(world, branch):
    """A commit more on a branch of the fork, which does not move."""
    return git(world.fork, "commit-tree", "-p", branch, "-m", "More", f"{branch}^{{tree}}")


def tip_of_other(world, branch):
    path = world.upstream.path
    return git(path, "commit-tree", "-p", "master", "-m", branch, "master^{tree}")


def said(world, sha):
    found = world.ask("GET", f"/repos/{UPSTREAM}/commits/{sha}/statuses")
    return [(s["state"], s["description"]) for s in found if s["context"] == "land-together"]


def test_the_list_has_what_is_left_and_from_where_it_lands(gated):
    world = gated()
    text = world.good("gate", "groups")["text"]
    group = tomllib.loads(text)["s-final"]
    assert group == {
        "pulls": [*numbers(world).values()],
        "landing": "stacker-landing/master/final", "fork": "porter/proj",
    }  # fmt: skip
    landed = world.lock.stage("a")._replace(landing=Oid("1" * 40))
    lock = world.lock._replace(stages=(landed, world.lock.stage("b")))
    (world.folder / "series.lock").write_bytes(serialise(lock))
    assert tomllib.loads(world.good("gate", "groups")["text"]) == {}  # the last one may follow


def test_members_fail_and_name_each_other(installed):
    number = numbers(installed)
    judge(installed, installed.pull("a"))
    for stage, other in ("ab", "ba"):
        assert on_forge(installed, stage) == [
            ("failure", f"Lands only together with #{number[other]}")
        ]
    protect(installed, checks=["land-together"])
    assert press(installed, "a") is None


def test_what_is_in_no_group_passes(installed):
    """One question while nothing is listed; else two more, for what must not be let through."""
    pull = opened(installed, "other")
    calls = judge(installed, pull).calls
    assert [path.removeprefix(f"/api/v3/repos/{UPSTREAM}") for _, path, _ in calls] == [
        f"/contents/{HERE}", "/api/graphql", f"/pulls/{pull['number']}/commits",
        f"/statuses/{pull['head']['sha']}",
    ]  # fmt: skip
    assert said(installed, pull["head"]["sha"]) == [("success", "In no group")]
    commit(installed, "# Nothing waits for anything.\n")
    assert [method for method, *_ in judge(installed, pull).calls] == ["GET", "POST"]


def test_another_pull_request_of_the_same_head_does_not_let_a_member_through(installed):
    """A status is of a commit, and whoever sees a commit can propose it once more."""
    judge(installed, installed.pull("b"))
    git(installed.fork, "update-ref", "refs/heads/copy", installed.pull("b")["head"]["sha"])
    judge(installed, proposed(installed, "porter:copy", "porter"))
    text = f"Has the head of #{numbers(installed)['b']}, which may not be merged alone"
    assert on_forge(installed, "b")[0] == ("failure", text)


def test_what_holds_a_members_commits_does_not_pass(installed):
    above = more_on(installed, "s/a")
    git(installed.fork, "update-ref", "refs/heads/above", above)
    judge(installed, proposed(installed, "porter:above", "porter"))
    text = f"Holds commits of #{numbers(installed)['a']}, which may not be merged alone"
    assert said(installed, above) == [("failure", text)]


def test_the_landing_pull_request_passes_while_it_is_whole(installed):
    protect(installed, approvals=1)
    land(installed, code=5)
    pull = landing_pull(installed)
    judge(installed, pull)
    assert said(installed, pull["head"]["sha"]) == [("success", "Holds the whole group")]
    git(installed.fork, "update-ref", "refs/heads/s/a", more_on(installed, "s/a"))
    judge(installed, installed.pull("a"))  # nothing has happened to the landing pull request
    text = f"Is not the whole group as it is now: #{numbers(installed)['a']}"
    assert said(installed, pull["head"]["sha"])[0] == ("failure", text)


def test_a_group_is_landed_from_its_own_branch_alone(installed):
    """Whoever sees a landing can copy its commit's words and the name of its branch."""
    protect(installed, approvals=1)
    land(installed, code=5)
    ours = landing_pull(installed)
    name, upstream = ours["head"]["ref"], installed.upstream.path
    message = git(upstream, "log", "-1", "--format=%B", name)
    forged = git(upstream, "commit-tree", "-p", "master", "-m", message, "master^{tree}")
    installed.ask("POST", f"/repos/{UPSTREAM}/forks", {}, "zed")
    fork = upstream.parents[1] / "zed" / "proj.git"
    git(fork, "fetch", "-q", str(upstream), f"+{forged}:refs/heads/{name}")
    judge(installed, proposed(installed, f"zed:{name}"))
    text = "Names members of a group, and is not from the branch that lands it"
    assert said(installed, forged) == [("failure", text)]
    judge(installed, None)
    assert said(installed, ours["head"]["sha"])[0] == ("success", "Holds the whole group")


def test_what_is_called_like_a_landing_must_be_one(installed):
    pull = opened(installed, "stacker-landing/master/final")
    judge(installed, pull)
    assert said(installed, pull["head"]["sha"])[0][0] == "failure"
    alone = opened(installed, "stacker-landing/master/other")  # of a stage that is in no group
    judge(installed, alone)
    assert said(installed, alone["head"]["sha"])[0][0] == "success"


def test_one_that_was_merged_alone_freezes_nobody_by_itself_and_is_told(installed):
    """Of two the other one may follow; of more they stay frozen together."""
    world = installed
    world.graph("markPullRequestReadyForReview", world.pull("a"))
    assert press(world, "a") is not None
    judge(world, world.pull("a"))
    assert on_forge(world, "b") == [("success", "The others have landed")]
    assert not any(writes for *_, writes in judge(world).calls)  # it was said


def test_what_was_merged_into_another_branch_has_not_landed(installed):
    world = installed
    git(world.upstream.path, "update-ref", "refs/heads/aside", "master")
    world.change("a", base="aside")
    world.graph("markPullRequestReadyForReview", world.pull("a"))
    assert press(world, "a") is not None
    judge(world, world.pull("a"))
    text = f"Lands only together with #{numbers(world)['a']}"
    assert on_forge(world, "b") == [("failure", text)]


@pytest.mark.parametrize("path", ["**/contents/**", "**/graphql"])
def test_what_cannot_be_read_lets_nothing_through(installed, path):
    installed.hub.faults.set(Rule(Before(Reply(502)), path=path))
    judge(installed, installed.pull("a"), code=1)
    assert on_forge(installed, "a") == on_forge(installed, "b") == []


def test_what_is_pushed_meanwhile_is_judged_too(installed):
    moved = more_on(installed, "s/a")

    def push(_, path):
        if "/statuses/" in path:
            git(installed.fork, "update-ref", "refs/heads/s/a", moved)

    pull, installed.door.act = installed.pull("b"), push
    judge(installed, pull)
    assert said(installed, moved)[0][0] == "failure"


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
    for elsewhere in ({"url": "http://example.org/api/v3"}, {"graph": "https://example.org/api"}):
        ran = judge(installed, installed.pull("a"), code=1, **elsewhere)
        assert "the token is not sent there" in ran.err
        assert ran.calls == []
    away = Reply(302, headers={"Location": f"{installed.hub.api}/user"})
    installed.hub.faults.set(Rule(Before(away), path="**/contents/**"))
    calls = judge(installed, installed.pull("a"), code=1).calls
    assert [path for _, path, _ in calls] == [f"/api/v3/repos/{UPSTREAM}/contents/{HERE}"]


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


def test_the_workflow_is_yaml_and_starts_at_all_that_changes_a_verdict(installed):
    yaml = pytest.importorskip("yaml")
    made = yaml.safe_load(installed.good("gate", "workflow")["text"])
    assert made["permissions"] == {"pull-requests": "read", "statuses": "write"}
    events = made[True]  # `on`, as YAML reads it
    assert events["push"] == {"branches": ["master"]}
    assert {*events["pull_request_target"]["types"]} == {
        "opened", "reopened", "synchronize", "labeled", "unlabeled", "edited",
        "ready_for_review", "converted_to_draft", "closed",
    }  # fmt: skip
    assert {*events} == {"pull_request_target", "push", "workflow_dispatch"}
    [(name, job)] = made["jobs"].items()
    assert name != "land-together"  # its own result is a check of that name, and is no verdict
    [step] = job["steps"]
    assert {*step} == {"name", "shell", "env", "run"}
    assert "if" not in job  # a job that is skipped would have passed
    assert step["run"] == SCRIPT.read_text(encoding="utf-8")


def test_what_it_needs_is_in_every_python(installed):
    text = SCRIPT.read_text(encoding="utf-8")
    modules = re.findall(r"^(?:import|from) ([a-z0-9_]+)", text, re.MULTILINE)
    assert {*modules} <= {*sys.stdlib_module_names}
    assert len(text.splitlines()) < 300
