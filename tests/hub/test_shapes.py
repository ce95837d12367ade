"""Every JSON object against GitHub's own description, as githubkit has it (2022-11-28)."""

from __future__ import annotations

import json

import pytest
from hub_world import World

models = pytest.importorskip(
    "githubkit_schemas.v2022_11_28.models",
    reason="githubkit's models of API version 2022-11-28 are not installed",
)
R = "/api/v3/repos/guido/cpython"


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    """A pull request with everything on it; asks for a path, checks it against a model."""
    world = World(tmp_path_factory.mktemp("shapes"))
    yield _furnished(world, world.make())
    world.close()


def _furnished(world, work):
    world.fork("paulmon")
    repo = world.repo("guido")
    pull = world.propose(work, "ctypes", {"Modules/_ctypes/callproc.c": "arm\n"})
    work.git("checkout", "-q", "master")
    pull.create_issue_comment("Thanks.")
    pull = repo.get_pull(pull.number)
    pull.add_to_labels("OS-windows")
    pull.create_review(body="Fine.", event="APPROVE")
    commit = repo.get_commit(pull.head.sha)
    commit.create_status("success", "https://ci.example.org/1", "ok", "ci/build")
    output = {"title": "t", "summary": "s"}
    repo.create_check_run("docs", pull.head.sha, conclusion="neutral", output=output)
    run = {"name": "build", "head_sha": pull.head.sha, "conclusion": "success"}
    assert world.ask("POST", f"{R}/check-runs", run, name="github-actions[bot]")[0] == 201
    repo.get_branch("master").edit_protection(
        strict=True, contexts=["ci/build"], required_approving_review_count=1, enforce_admins=True
    )

    def check(path, model, *, of=lambda document: document, status=200, **asked):
        got, _, document = world.ask(asked.pop("method", "GET"), path, name="guido", **asked)
        assert got == status, document
        parts = of(document)
        for part in parts if isinstance(parts, list) else [parts]:
            getattr(models, model).model_validate_json(json.dumps(part), strict=True)
        return document

    check.pull = pull
    return check


@pytest.mark.parametrize(
    ("path", "model"),
    [
        ("/pulls/1", "PullRequest"),
        ("/pulls", "PullRequestSimple"),
        ("", "FullRepository"),
        ("/issues/1/comments", "IssueComment"),
        ("/issues/comments/1", "IssueComment"),
        ("/pulls/1/reviews", "PullRequestReview"),
        ("/pulls/1/commits", "Commit"),
        ("/pulls/1/files", "DiffEntry"),
        ("/commits/master", "Commit"),
        ("/git/ref/heads/master", "GitRef"),
        ("/git/matching-refs/heads/", "GitRef"),
        ("/branches", "ShortBranch"),
        ("/branches/master", "BranchWithProtection"),
        ("/branches/master/protection", "BranchProtection"),
        ("/compare/master...paulmon:ctypes", "CommitComparison"),
        ("/collaborators", "Collaborator"),
        ("/collaborators/guido/permission", "RepositoryCollaboratorPermission"),
    ],
)
def test_answers_are_as_github_describes_them(shown, path, model):
    shown(R + path, model)


def test_what_is_reported_about_a_commit(shown):
    head = shown.pull.head.sha
    shown(f"{R}/commits/{head}/status", "CombinedCommitStatus")
    shown(f"{R}/commits/{head}/statuses", "Status")
    shown(f"{R}/commits/{head}/check-runs", "CheckRun", of=lambda answer: answer["check_runs"])


def test_a_fork_shows_its_parent(shown):
    document = shown("/api/v3/repos/paulmon/cpython", "FullRepository")
    assert document["parent"]["full_name"] == document["source"]["full_name"] == "guido/cpython"


def test_users_and_limits(shown):
    shown("/api/v3/user", "PublicUser")
    shown("/api/v3/users/zooba", "PublicUser")
    shown("/api/v3/rate_limit", "RateLimitOverview")


def test_a_merge_and_a_merged_pull_request(world, work):
    shown = _furnished(world, work)
    body = {"merge_method": "squash"}
    shown(f"{R}/pulls/1/merge", "PullRequestMergeResult", method="PUT", body=body)
    assert shown(f"{R}/pulls/1", "PullRequest")["merged"]
