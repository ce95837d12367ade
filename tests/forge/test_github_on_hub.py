"""The client and the hub, across the wire: what one says, the other understands."""

from __future__ import annotations

import json
import urllib.request
from dataclasses import dataclass, replace

import pytest

from stacker.errors import ForgeError, OutcomeUnknown
from stacker.forge.api import (
    Bypass,
    CIState,
    MergeDone,
    MergeMethod,
    MergeRefused,
    Permission,
    Protection,
    PullState,
    RequiredCheck,
    ReviewState,
    Updater,
)
from stacker.forge.github import GitHub
from stacker.forge.pace import Pace
from stacker.git.process import Git
from stacker.hub.call import Limits
from stacker.hub.faults.rules import After, Before, Reply, Rule, Stale
from stacker.hub.limits import TOO_FAST
from stacker.hub.server import User, start

ACTIONS = "github-actions[bot]"
TOKENS = {name: f"{name}-token" for name in ("python", "paul", "ann", "eve", ACTIONS)}
REPOSITORY = "python/cpython"
PERSON = [("user.name", "Paul"), ("user.email", "paul@example.org")]


@dataclass
class World:
    hub: object
    clients: dict
    work: Git

    def client(self, name):
        if name not in self.clients:
            self.clients[name] = GitHub(self.hub.api, TOKENS.get(name), pace=Pace(here=True))
        return self.clients[name]

    def call(self, name, method, path, body):
        """What the client has no method for, because stacker never does it."""
        request = urllib.request.Request(
            path if path.startswith("http") else f"{self.hub.api}{path}",
            data=json.dumps(body).encode(),
            method=method,
            headers={"Authorization": f"token {TOKENS[name]}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request) as answer:
            return answer.status

    def push(self, branch, content):
        """A commit on `branch` of paul's fork, standing on what is checked out; its id."""
        self.work.run("checkout", "-q", "-B", branch)
        (self.work.directory / f"{branch}.txt").write_text(content, encoding="utf-8")
        self.work.run("add", "-A")
        self.work.run("commit", "-q", "-m", f"Add {branch}", config=PERSON)
        fork = str(self.hub.root / "paul" / "cpython.git")
        self.work.run("push", "-q", fork, f"HEAD:refs/heads/{branch}")
        return self.work.text("rev-parse", "HEAD")


@pytest.fixture
def world(tmp_path):
    bare = tmp_path / "hub" / "python" / "cpython.git"
    work = Git(tmp_path / "work")
    for folder in (bare, work.directory):
        folder.mkdir(parents=True)
    work.run("init", "-q", "-b", "master")
    work.run("commit", "-q", "--allow-empty", "-m", "Start", config=PERSON)
    Git(bare).run("init", "-q", "--bare", "-b", "master")
    work.run("push", "-q", str(bare), "HEAD:refs/heads/master")
    users = [User(*user) for user in TOKENS.items()]
    with start(tmp_path / "hub", users, limits=Limits(creations_a_minute=200)) as hub:
        world = World(hub, {}, work)
        world.client("paul").create_fork(REPOSITORY)
        yield world
        for client in world.clients.values():
            client.close()


def open_pull(world, branch="stage", content="x", draft=True):
    world.push(branch, content)
    return world.client("paul").open_pull(
        REPOSITORY, head=f"paul:{branch}", base="master", title="Add", body="Why", draft=draft
    )


def test_who_and_what(world):
    paul = world.client("paul")
    assert paul.whoami() == "paul"
    upstream, fork = paul.repository(REPOSITORY), paul.repository("paul/cpython")
    assert upstream.permission is Permission.READ
    assert upstream.default_branch == "master"
    assert fork.permission is Permission.ADMIN
    assert fork.merge_methods == set(MergeMethod)
    assert (fork.is_fork, fork.parent) == (True, REPOSITORY)
    assert fork.clone_url.startswith(world.hub.url)
    assert paul.repository("python/absent") is None
    assert world.client("python").repository(REPOSITORY).permission is Permission.ADMIN
    assert world.client("anybody").repository(REPOSITORY).permission is Permission.READ


def test_a_pull_requests_life(world):
    paul = world.client("paul")
    made = open_pull(world)
    assert (made.state, made.draft, made.title, made.body) == (PullState.OPEN, True, "Add", "Why")
    assert (made.head_owner, made.head_branch, made.base_branch) == ("paul", "stage", "master")
    assert made.head_repository == "paul/cpython"
    assert made.head == world.work.text("rev-parse", "HEAD")
    assert made.author == "paul"
    paul.set_draft(made, False)
    paul.edit_pull(REPOSITORY, made.number, title="Better", body="")
    remark = paul.comment(REPOSITORY, made.number, "first")
    paul.edit_comment(REPOSITORY, remark.id, "second")
    world.call(
        "ann", "POST", f"/repos/{REPOSITORY}/pulls/{made.number}/reviews", {"event": "APPROVE"}
    )
    seen = paul.pull(REPOSITORY, made.number)
    assert (seen.draft, seen.title, seen.body) == (False, "Better", "")
    assert [(one.id, one.author, one.body) for one in seen.comments] == [
        (remark.id, "paul", "second")
    ]
    assert [(one.author, one.state, one.commit) for one in seen.reviews] == [
        ("ann", ReviewState.APPROVED, made.head)
    ]
    paul.edit_pull(REPOSITORY, made.number, state=PullState.CLOSED)
    assert paul.pull(REPOSITORY, made.number).state is PullState.CLOSED


def test_found_by_number_and_head_or_not_at_all(world):
    paul = world.client("paul")
    one = open_pull(world, "one")
    two = open_pull(world, "two")
    found = paul.pulls(REPOSITORY, [two.number, 404], heads=["paul:one", "eve:two", "three"])
    assert [pull.number for pull in found] == [two.number, one.number]
    with pytest.raises(ForgeError, match="there is no pull request #404"):
        paul.pull(REPOSITORY, 404)
    with pytest.raises(ForgeError, match="python/absent"):
        paul.pulls("python/absent", [1])


def test_refusals_are_in_the_hubs_words(world):
    open_pull(world)
    again = {"head": "paul:stage", "base": "master", "title": "Add", "body": "", "draft": True}
    with pytest.raises(ForgeError, match="A pull request already exists for paul:stage"):
        world.client("paul").open_pull(REPOSITORY, **again)
    with pytest.raises(ForgeError) as caught:
        world.client("eve").set_status(
            REPOSITORY, "a" * 40, context="gate", state=CIState.PENDING, description="x"
        )
    assert caught.value.hint
    with pytest.raises(ForgeError, match=r"Requires authentication|Bad credentials") as caught:
        world.client("anybody").comment(REPOSITORY, 1, "hi")
    assert "GITHUB_TOKEN" in caught.value.hint


def test_statuses_and_check_runs(world):
    made = open_pull(world)
    python = world.client("python")
    for state in (CIState.PENDING, CIState.SUCCESS):
        python.set_status(
            REPOSITORY, made.head, context="ci/linux", state=state, description=f"is {state}"
        )
    world.call(
        "python",
        "POST",
        f"/repos/{REPOSITORY}/check-runs",
        {"name": "build", "head_sha": made.head, "status": "completed", "conclusion": "failure"},
    )
    by_rest = world.client("paul").ci_results(REPOSITORY, made.head)
    assert [(one.name, one.state, one.description) for one in by_rest] == [
        ("ci/linux", CIState.SUCCESS, "is success"),
        ("build", CIState.FAILURE, ""),
    ]
    assert by_rest[0].creator == "python"
    by_graph = world.client("paul").pull(REPOSITORY, made.number).checks
    assert {(one.name, one.source, one.state) for one in by_graph} == {
        (one.name, one.source, one.state) for one in by_rest
    }


def says(world, who, oid, **more):
    run = {"name": "Tests", "head_sha": oid, "conclusion": "success"} | more
    world.call(who, "POST", f"/repos/{REPOSITORY}/check-runs", run)


def test_who_said_it_and_what_started_it(world):
    made = open_pull(world)
    says(world, ACTIONS, made.head, event="pull_request", details_url="https://ci/1")
    says(world, "python", made.head, event="push", conclusion="timed_out")
    seen = world.client("paul").pull(REPOSITORY, made.number)
    by_app, by_person = sorted(seen.checks, key=lambda one: one.creator, reverse=True)
    assert (by_app.creator, by_app.event) == ("github-actions", "pull_request")
    assert (by_app.conclusion, by_app.url) == ("success", "https://ci/1")
    assert by_app.completed_at == by_app.started_at != ""
    assert (by_person.creator, by_person.event, by_person.conclusion) == ("", "", "timed_out")
    master = world.client("paul").tip_checks(REPOSITORY, "master", "none")
    assert (seen.base_tip, master.other_tip) == (master.tip, None)


def test_the_tip_of_a_branch(world):
    upstream = str(world.hub.root / "python" / "cpython.git")
    master = world.client("paul").tip_checks(REPOSITORY, "master", "master")
    assert (master.tip, master.checks) == (master.other_tip, ())
    tip = world.push("landing", "x")
    world.work.run("push", "-q", upstream, f"{tip}:refs/heads/up/landing")
    for i in range(101):
        says(world, ACTIONS, tip, name=f"c{i}", event="push")
    found = world.client("paul").tip_checks(REPOSITORY, "up/landing", "master")
    assert (found.tip, found.other_tip) == (tip, master.tip)
    assert {one.name for one in found.checks} == {f"c{i}" for i in range(101)}
    nothing = world.client("paul").tip_checks(REPOSITORY, "none", "master")
    assert (nothing.tip, nothing.checks, nothing.other_tip) == (None, (), master.tip)


@pytest.mark.parametrize("method", MergeMethod)
def test_merging(world, method):
    python = world.client("python")
    made = open_pull(world, draft=False)
    stale = python.merge(
        REPOSITORY, made.number, sha="0" * 40, method=method, title="T", message="M"
    )
    assert isinstance(stale, MergeRefused)
    assert stale.code == 409
    assert "Head branch was modified" in stale.message
    done = python.merge(REPOSITORY, made.number, sha=made.head, method=method)
    assert isinstance(done, MergeDone)
    seen = python.pull(REPOSITORY, made.number)
    assert (seen.state, seen.merge_commit) == (PullState.MERGED, done.commit)


def test_a_draft_is_not_merged(world):
    made = open_pull(world)
    answer = world.client("python").merge(
        REPOSITORY, made.number, sha=made.head, method=MergeMethod.MERGE
    )
    assert isinstance(answer, MergeRefused)
    assert "draft" in answer.message.lower()


def test_protection(world):
    python, paul = world.client("python"), world.client("paul")
    assert paul.protection(REPOSITORY, "master") is None
    rules = {
        "required_status_checks": {"strict": True, "contexts": ["ci/linux"]},
        "required_pull_request_reviews": {"required_approving_review_count": 2},
        "enforce_admins": True,
        "restrictions": None,
        "required_linear_history": True,
    }
    world.call("python", "PUT", f"/repos/{REPOSITORY}/branches/master/protection", rules)
    full = python.protection(REPOSITORY, "master")
    assert full.required_checks == (RequiredCheck("ci/linux"),)
    assert (full.strict, full.approvals) == (True, 2)
    assert (full.enforce_admins, full.linear, full.through_pulls) == (True, True, True)
    assert full.complete
    seen = paul.protection(REPOSITORY, "master")
    assert seen.required_checks == (RequiredCheck("ci/linux"),)
    assert not seen.complete


def put_rules(world, *rules, bypass=()):
    body = {
        "name": "main", "enforcement": "active", "bypass_actors": list(bypass), "rules": rules,
        "conditions": {"ref_name": {"include": ["~DEFAULT_BRANCH"], "exclude": []}},
    }  # fmt: skip
    world.call("python", "POST", f"/repos/{REPOSITORY}/rulesets", body)


def test_rules_of_rulesets_are_read_by_everybody(world):
    required = [{"context": "ci/linux", "integration_id": 15368}, {"context": "docs"}]
    put_rules(
        world,
        {"type": "required_status_checks", "parameters": {
            "required_status_checks": required, "strict_required_status_checks_policy": True}},
        {"type": "pull_request", "parameters": {
            "required_approving_review_count": 2, "require_last_push_approval": True,
            "allowed_merge_methods": ["squash", "rebase"]}},
        {"type": "required_linear_history"}, {"type": "required_signatures"},
        {"type": "merge_queue"}, {"type": "update"},
        bypass=[{"actor_type": "RepositoryRole", "actor_id": 5},
                {"actor_type": "Integration", "actor_id": 15368}],
    )  # fmt: skip
    told = Protection(
        required_checks=(RequiredCheck("ci/linux", 15368), RequiredCheck("docs")),
        strict=True,
        approvals=2,
        enforce_admins=True,
        linear=True,
        through_pulls=True,
        complete=True,
        newest_push=True,
        methods=frozenset({MergeMethod.SQUASH, MergeMethod.REBASE}),
        queue=True,
        restricted=True,
        signatures=True,
    )
    assert world.client("paul").protection(REPOSITORY, "master") == told
    seen = world.client("python").protection(REPOSITORY, "master")
    assert seen == replace(
        told,
        bypass=(Bypass("ruleset main", pushes=True),),
        updaters=(Updater("admins", app=False), Updater("Integration 15368", app=True)),
    )


def test_branch_protection_and_rulesets_are_one(world):
    checks = {"strict": False, "checks": [{"context": "a", "app_id": -1}, {"context": "b"}]}
    rules = {
        "required_status_checks": checks, "enforce_admins": None, "restrictions": None,
        "required_pull_request_reviews": {"required_approving_review_count": 1},
    }  # fmt: skip
    world.call("python", "PUT", f"/repos/{REPOSITORY}/branches/master/protection", rules)
    bound = {"required_status_checks": [{"context": "a", "integration_id": 15368}]}
    put_rules(world, {"type": "required_status_checks", "parameters": bound}, {"type": "update"})
    seen = world.client("python").protection(REPOSITORY, "master")
    assert seen.required_checks == (RequiredCheck("b"), RequiredCheck("a", 15368))
    assert (seen.approvals, seen.through_pulls, seen.restricted) == (1, True, True)
    assert (seen.updaters, seen.complete) == ((), True)
    assert seen.bypass == (Bypass("branch protection, which does not bind admins", pushes=True),)
    partly = world.client("paul").protection(REPOSITORY, "master")
    assert not partly.complete
    assert (partly.bypass, partly.updaters) == ((), None)


def test_a_check_tells_the_app_behind_it(world):
    made = open_pull(world)
    body = {"name": "ci", "head_sha": made.head, "conclusion": "success"}
    world.call(ACTIONS, "POST", f"/repos/{REPOSITORY}/check-runs", body)
    world.call("python", "PUT", f"/repos/{REPOSITORY}/collaborators/{ACTIONS}", {})
    for who in ("python", ACTIONS):
        said = {"state": "success", "context": who}
        world.call(who, "POST", f"/repos/{REPOSITORY}/statuses/{made.head}", said)
    paul = world.client("paul")
    for checks in (
        paul.pull(REPOSITORY, made.number).checks,
        paul.ci_results(REPOSITORY, made.head),
    ):
        assert {one.name: one.app for one in checks} == {
            "ci": 15368,
            ACTIONS: 15368,
            "python": None,
        }
        assert {one.name: one.creator for one in checks if one.name != "ci"} == {
            "python": "python", ACTIONS: ACTIONS
        }  # fmt: skip


def test_what_stands_against_landing_a_pull_request_by_hand(world):
    made = open_pull(world)
    paul = world.client("paul")
    seen = paul.pull(REPOSITORY, made.number)
    assert (seen.auto_merge, seen.queued, seen.head_pushed_at, seen.labels) == (
        False,
        False,
        "",
        (),
    )
    mutation = (
        f'mutation {{ enablePullRequestAutoMerge(input: {{pullRequestId: "{made.node_id}"}})'
        " { clientMutationId } }"
    )
    world.call("python", "POST", f"{world.hub.url}/api/graphql", {"query": mutation})
    label = {"labels": ["DO-NOT-MERGE"]}
    world.call("python", "POST", f"/repos/{REPOSITORY}/issues/{made.number}/labels", label)
    world.work.run("commit", "--amend", "-q", "-m", "Other", config=PERSON)
    fork = str(world.hub.root / "paul" / "cpython.git")
    world.work.run("push", "-q", "--force", fork, "HEAD:refs/heads/stage")
    seen = paul.pull(REPOSITORY, made.number)
    assert (seen.auto_merge, seen.labels) == (True, ("DO-NOT-MERGE",))
    assert seen.head_pushed_at.endswith("Z")


def test_more_than_one_page_of_everything(world):
    made = open_pull(world)
    python = world.client("python")
    for i in range(103):
        python.comment(REPOSITORY, made.number, f"remark {i}")
        python.set_status(
            REPOSITORY, made.head, context=f"c{i}", state=CIState.SUCCESS, description=""
        )
    seen = python.pull(REPOSITORY, made.number)
    assert [one.body for one in seen.comments] == [f"remark {i}" for i in range(103)]
    assert {one.name for one in seen.checks} == {f"c{i}" for i in range(103)}
    assert len(python.ci_results(REPOSITORY, made.head)) == 103


def test_a_question_is_asked_again_after_the_pause_that_the_forge_wants(world):
    made = open_pull(world)
    pause = Before(Reply(403, {"message": TOO_FAST}, {"Retry-After": "0"}))
    world.hub.faults.set(Rule(pause, "GET", times=2))
    assert world.client("paul").ci_results(REPOSITORY, made.head) == ()
    assert len(world.hub.faults.struck) == 2


def test_a_pause_that_the_forge_wants_of_who_writes_is_told(world):
    made = open_pull(world)
    world.hub.faults.set(Rule(Before(Reply(403, {"message": TOO_FAST})), "POST"))
    with pytest.raises(ForgeError, match="secondary rate limit") as caught:
        world.client("paul").comment(REPOSITORY, made.number, "hi")
    assert "wait some minutes" in caught.value.hint
    assert world.client("paul").pull(REPOSITORY, made.number).comments == ()


def test_a_lost_answer_is_looked_up_though_the_forge_does_not_know_it_yet(world):
    """The pull request is there, but neither the answer nor a first look says so."""
    open_pull(world, "first")
    world.hub.faults.set(
        Rule(After(), "POST", "/repos/*/*/pulls"), Rule(Stale(), path="/graphql", times=None)
    )
    with pytest.raises(OutcomeUnknown):
        open_pull(world, "second")
    world.hub.faults.set()
    found = world.client("paul").pulls(REPOSITORY, [], heads=["paul:second"])
    assert [pull.title for pull in found] == ["Add"]


@pytest.mark.parametrize("reply", [None, Reply(502, {"message": "Server Error"})])
def test_a_merge_whose_answer_is_lost_is_asked_once(world, reply):
    made = open_pull(world, draft=False)
    world.hub.faults.set(Rule(After(reply), "PUT", "/repos/*/*/pulls/*/merge"))
    python = world.client("python")
    with pytest.raises(OutcomeUnknown):
        python.merge(REPOSITORY, made.number, sha=made.head, method=MergeMethod.SQUASH)
    assert python.pull(REPOSITORY, made.number).state is PullState.MERGED
