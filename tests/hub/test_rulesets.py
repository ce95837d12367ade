"""Rulesets, and checks that one app has to report."""

from __future__ import annotations

import pytest
from github import GithubException
from hub_world import git
from test_githubkit import OWN, client

AZURE, ACTIONS = "azure-pipelines[bot]", "github-actions[bot]"
ADMINS = {"actor_type": "RepositoryRole", "actor_id": 5}


def rule(kind, **parameters):
    return {"type": kind} | ({"parameters": parameters} if parameters else {})


def reviewed(**more):
    return rule("pull_request", required_approving_review_count=0, **more)


@pytest.fixture
def rules(world, work):
    """Put a ruleset on master; the answer is its id."""
    world.quick("guido").add_to_collaborators("zooba", "push")

    def apply(*rules, include="~DEFAULT_BRANCH", bypass=(), **more):
        body = {
            "name": "main", "target": "branch", "enforcement": "active",
            "conditions": {"ref_name": {"include": [include], "exclude": []}},
            "rules": list(rules), "bypass_actors": list(bypass), **more,
        }  # fmt: skip
        status, _, made = world.ask(
            "POST", "/api/v3/repos/guido/cpython/rulesets", body, name="guido"
        )
        assert status == 201, made
        return made["id"]

    return apply


def push(world, work, name="zooba", ref="master"):
    ran = git("push", world.url(name), ref, cwd=work.folder)
    said = [line[8:].strip() for line in ran.said.splitlines() if line.startswith("remote: ")]
    return "" if ran.code == 0 else next(s for s in said if "GH006" not in s)


def app_run(world, oid, app, name="build", conclusion="success"):
    body = {"name": name, "head_sha": oid, "conclusion": conclusion}
    return world.ask("POST", "/api/v3/repos/guido/cpython/check-runs", body, name=app)[2]


def required(app, name="build"):
    check = {"context": name} | ({"integration_id": app} if app else {})
    return rule("required_status_checks", required_status_checks=[check])


def test_a_check_is_bound_to_its_app_in_pushes_and_merges(world, forked, rules):
    pull = world.propose(forked, "ctypes", {"a": "1"})
    azure = app_run(world, pull.head.sha, AZURE, "other")["app"]["id"]
    rules(required(azure))
    app_run(world, pull.head.sha, ACTIONS)
    world.quick("guido").get_commit(pull.head.sha).create_status("success", context="build")
    with pytest.raises(GithubException, match='Required status check \\\\"build\\\\" is expected'):
        world.quick("guido").get_pull(pull.number).merge()
    assert "is expected" in push(world, forked, ref="ctypes:master")
    app_run(world, pull.head.sha, AZURE)
    assert world.quick("guido").get_pull(pull.number).merge().merged


def test_branch_protection_binds_a_check_to_its_app_too(world, work):
    new = work.commit({"a": "1"})
    world.pushed(work, "guido", "master:refs/heads/candidate")
    azure = app_run(world, new, AZURE, "other")["app"]["id"]
    checks = {"strict": False, "checks": [{"context": "build", "app_id": azure}]}
    body = {"required_status_checks": checks, "enforce_admins": True, "restrictions": None,
            "required_pull_request_reviews": None}  # fmt: skip
    path = "/api/v3/repos/guido/cpython/branches/master"
    shown = world.ask("PUT", f"{path}/protection", body, name="guido")[2]
    assert shown["required_status_checks"]["checks"] == checks["checks"]
    summary = world.ask("GET", path)[2]["protection"]["required_status_checks"]
    assert (summary["contexts"], summary["checks"]) == (["build"], checks["checks"])
    app_run(world, new, ACTIONS)
    assert "is expected" in push(world, work, "guido")
    app_run(world, new, AZURE)
    assert push(world, work, "guido") == ""


def test_a_status_that_an_app_sets_is_its_word(world, work, rules):
    rules(required(15368))
    new = work.commit({"a": "1"})
    world.pushed(work, "guido", "master:refs/heads/candidate")
    world.quick("zooba").get_commit(new).create_status("success", context="build")
    assert "is expected" in push(world, work)
    world.quick("guido").add_to_collaborators(ACTIONS, "push")
    world.quick(ACTIONS).get_commit(new).create_status("success", context="build")
    assert push(world, work) == ""


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (reviewed(), "error: Changes must be made through a pull request."),
        (rule("update"), "error: Cannot update this protected ref."),
        (rule("merge_queue"), "error: Changes must be made through the merge queue"),
        (rule("required_signatures"), "error: Commits must have verified signatures."),
        (rule("deletion"), ""),
    ],
)
def test_a_ruleset_stops_a_push_as_it_says(world, work, rules, asked, said):
    rules(asked)
    work.commit({"a": "1"})
    assert push(world, work, "guido") == said
    assert push(world, work, ref="master:side") == ""


def test_a_ruleset_forbids_only_what_it_names(world, work, rules):
    rules(rule("required_linear_history"))
    base = work.oid("master")
    work.commit({"a": "1"})
    assert push(world, work) == ""
    assert push(world, work, ref=f"+{base}:master") == ""
    rules(rule("non_fast_forward"), rule("deletion"), include="refs/heads/mas*")
    work.commit({"a": "2"})
    assert push(world, work) == ""
    assert "force-push" in push(world, work, ref=f"+{base}:master")


def test_who_may_bypass_does_and_the_others_do_not(world, work, rules):
    number = rules(rule("update"), bypass=[ADMINS])
    work.commit({"a": "1"})
    assert push(world, work) == "error: Cannot update this protected ref."
    assert push(world, work, "guido") == ""
    shown = {
        name: world.ask("GET", f"/api/v3/repos/guido/cpython/rulesets/{number}", name=name)[2]
        for name in ("guido", "zooba", None)
    }
    ways = [one["current_user_can_bypass"] for one in shown.values()]
    assert ways == ["always", "never", "never"]
    assert ["bypass_actors" in one for one in shown.values()] == [True, False, False]


def test_a_bypass_for_pull_requests_is_none_for_a_push(world, forked, rules):
    rules(rule("update"), bypass=[ADMINS | {"bypass_mode": "pull_request"}])
    pull = world.propose(forked, "ctypes", {"a": "1"})
    assert push(world, forked, "guido", "ctypes:master") != ""
    with pytest.raises(GithubException, match="Cannot update this protected ref"):
        world.quick("zooba").get_pull(pull.number).merge()
    assert world.quick("guido").get_pull(pull.number).merge().merged


def test_an_app_may_be_the_one_that_bypasses(world, work, rules):
    new = work.commit({"a": "1"})
    world.pushed(work, "guido", "master:refs/heads/candidate")
    azure = app_run(world, new, AZURE, "other")["app"]["id"]
    rules(rule("update"), bypass=[{"actor_type": "Integration", "actor_id": azure}])
    world.quick("guido").add_to_collaborators(AZURE, "push")
    assert push(world, work, "guido") != ""
    assert push(world, work, AZURE) == ""


def test_a_rule_allows_some_ways_of_merging(world, forked, rules):
    rules(reviewed(allowed_merge_methods=["squash"]))
    pull = world.propose(forked, "ctypes", {"a": "1"})
    with pytest.raises(GithubException, match="Merge commits are not allowed"):
        world.quick("guido").get_pull(pull.number).merge()
    assert world.quick("guido").get_pull(pull.number).merge(merge_method="squash").merged


def test_the_newest_push_may_have_to_be_approved(world, forked, rules):
    rules(reviewed(require_last_push_approval=True))
    pull = world.propose(forked, "ctypes", {"a": "1"})
    world.quick("zooba").get_pull(pull.number).create_review(event="APPROVE")
    forked.commit({"a": "2"}, on="ctypes")
    world.pushed(forked, "paulmon", "ctypes", to="paulmon/cpython")
    with pytest.raises(GithubException, match="most recent push"):
        world.quick("guido").get_pull(pull.number).merge()
    world.quick("zooba").get_pull(pull.number).create_review(event="APPROVE")
    assert world.quick("guido").get_pull(pull.number).merge().merged


def test_rules_are_read_by_everybody_and_made_by_admins(world, work, rules):
    (_keep, guido), (_kept, paul) = client(world, "guido"), client(world, "paulmon")
    number = rules(required(None), rule("non_fast_forward"))
    [short] = paul.repos.get_repo_rulesets(*OWN).parsed_data
    assert (short.id, short.name, short.enforcement) == (number, "main", "active")
    here = paul.repos.get_branch_rules(*OWN, "master").parsed_data
    assert [one.type for one in here] == ["required_status_checks", "non_fast_forward"]
    assert {one.ruleset_id for one in here} == {number}
    assert paul.repos.get_branch_rules(*OWN, "side").parsed_data == []
    changed = guido.repos.update_repo_ruleset(*OWN, number, enforcement="disabled").parsed_data
    assert (changed.enforcement, len(changed.rules)) == ("disabled", 2)
    assert paul.repos.get_branch_rules(*OWN, "master").parsed_data == []
    assert guido.repos.delete_repo_ruleset(*OWN, number).status_code == 204
    path = "/api/v3/repos/guido/cpython/rulesets"
    assert world.ask("GET", f"{path}/{number}", name="guido")[0] == 404
    assert world.ask("POST", path, {"name": "x", "enforcement": "active"}, name="zooba")[0] == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"enforcement": "always"},
        {"target": "tag"},
        {"rules": [{"type": "tea_time"}]},
        {"rules": [rule("required_status_checks", required_status_checks=[{"name": "x"}])]},
        {"bypass_actors": [{"actor_type": "Team", "actor_id": 1}]},
        {"bypass_actors": [ADMINS | {"bypass_mode": "sometimes"}]},
    ],
)
def test_a_ruleset_of_another_form_is_refused(world, work, wrong):
    body = {"name": "x", "enforcement": "active"} | wrong
    path = "/api/v3/repos/guido/cpython/rulesets"
    assert world.ask("POST", path, body, name="guido")[0] == 422
