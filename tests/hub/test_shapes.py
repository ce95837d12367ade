"""Every question that the hub answers, asked once of a pull request with everything on it.

What the answers have to look like is watched in every test: `tests/kit/contract.py`.
"""

from __future__ import annotations

import pytest
from hub_world import World

from stacker.hub.rest.routes import ROUTES

R = "/api/v3/repos/guido/cpython"
PATHS = (
    "/api/v3/user", "/api/v3/users/zooba", "/api/v3/rate_limit", "/api/v3/repos/paulmon/cpython",
    R,
    *(R + path for path in (
        "/collaborators", "/collaborators/guido", "/collaborators/guido/permission",
        "/pulls", "/pulls/1", "/pulls/1/commits", "/pulls/1/files", "/pulls/1/reviews",
        "/pulls/1/comments", "/pulls/comments/1",
        "/pulls/2/merge", "/issues/1/comments", "/issues/comments/1", "/issues/1/labels",
        "/commits/master", "/commits/HEAD/status", "/commits/HEAD/statuses",
        "/commits/HEAD/check-runs", "/statuses/HEAD", "/compare/master...paulmon:ctypes",
        "/git/ref/heads/master", "/git/matching-refs/", "/git/matching-refs/heads/m",
        "/branches", "/branches/master", "/branches/master/protection",
        "/rules/branches/master", "/rulesets", "/rulesets/1",
    )),
)  # fmt: skip

RULESET = {
    "name": "main",
    "enforcement": "active",
    "conditions": {"ref_name": {"include": ["~ALL"]}},
    "rules": [
        {"type": "update"}, {"type": "pull_request"},
        {"type": "required_status_checks", "parameters": {
            "required_status_checks": [{"context": "ci/build", "integration_id": 15368}],
        }},
    ],
    "bypass_actors": [{"actor_type": "RepositoryRole", "actor_id": 5}],
}  # fmt: skip


@pytest.fixture(scope="module")
def furnished(tmp_path_factory):
    """A hub with a pull request that has everything on it, and one that is merged."""
    world = World(tmp_path_factory.mktemp("shapes"))
    work = world.make()
    world.fork("paulmon")
    repo = world.repo("guido")
    work.commit({"PCbuild/arm.props": "arm\n"}, on="ctypes")
    pull = world.propose(work, "ctypes", {"Modules/_ctypes/callproc.c": "arm\n"})
    pull.create_issue_comment("Please.")
    pull = repo.get_pull(pull.number)
    pull.create_issue_comment("Thanks.")
    pull.add_to_labels("OS-windows", "build")
    pull.create_review(body="Hm.", event="COMMENT")
    pull.create_review(body="Fine.", event="APPROVE")
    on_line = {"commit_id": pull.head.sha, "path": "PCbuild/arm.props", "line": 1, "body": "Arm?"}
    assert world.ask("POST", f"{R}/pulls/1/comments", on_line, name="zooba")[0] == 201
    pull.create_review_comment_reply(1, "Arm.")
    repo.add_to_collaborators("zooba", "push")
    commit = repo.get_commit(pull.head.sha)
    commit.create_status("success", "https://ci.example.org/1", "ok", "ci/build")
    commit.create_status("pending", context="ci/docs")
    output = {"title": "t", "summary": "s"}
    repo.create_check_run("docs", pull.head.sha, conclusion="neutral", output=output)
    run = {"name": "build", "head_sha": pull.head.sha, "conclusion": "success"}
    assert world.ask("POST", f"{R}/check-runs", run, name="github-actions[bot]")[0] == 201
    repo.create_check_run("build", pull.head.sha, status="in_progress")
    world.propose(work, "merged", {"b": "1\n"})
    work.git("branch", "-q", "maint", "master")
    world.pushed(work, "guido", "maint")
    repo.get_pull(2).merge(merge_method="squash")
    repo.get_branch("master").edit_protection(
        strict=True, contexts=["ci/build"], required_approving_review_count=1, enforce_admins=True
    )
    world.ask("POST", "/api/v3/repos/guido/cpython/rulesets", RULESET, name="guido")
    world.head = pull.head.sha
    yield world
    world.close()


@pytest.mark.parametrize("path", PATHS)
def test_an_answer_with_everything_in_it(furnished, path):
    status, _, document = furnished.ask("GET", path.replace("HEAD", furnished.head), name="guido")
    assert status in {200, 204}
    assert document != []


@pytest.mark.parametrize(
    "path",
    ["/pulls?state=all", "/pulls/1/commits", "/pulls/1/files", "/pulls/1/reviews",
     "/pulls/1/comments", "/issues/1/comments", "/issues/1/labels", "/commits/HEAD/statuses",
     "/statuses/HEAD",
     "/commits/HEAD/status", "/commits/HEAD/check-runs", "/compare/maint...paulmon:ctypes",
     "/git/matching-refs/", "/branches", "/collaborators"],
)  # fmt: skip
def test_every_list_comes_in_pages(furnished, path):
    # https://docs.github.com/rest/using-the-rest-api/using-pagination-in-the-rest-api
    path = (R + path).replace("HEAD", furnished.head)
    mark = "&" if "?" in path else "?"

    def page(number):
        address = f"{path}{mark}per_page=1&page={number}"
        _, headers, document = furnished.ask("GET", address, name="guido")
        lists = (
            [document]
            if isinstance(document, list)
            else [
                document[name] for name in ("statuses", "check_runs", "commits") if name in document
            ]
        )
        return lists[0], headers["Link"] or ""

    found = []
    while True:
        part, link = page(len(found) + 1)
        assert len(part) <= 1
        found += part
        if 'rel="next"' not in link:
            break
    assert len(found) > 1
    assert page(len(found) + 1)[0] == []


def test_no_question_is_left_out():
    routes = ROUTES.bind("hub")
    asked = {routes.match(p, return_rule=True)[0].rule for p in PATHS if "rate_limit" not in p}
    assert asked == {each.rule for each in ROUTES.iter_rules() if "GET" in each.methods}


def test_a_fork_shows_its_parent(furnished):
    document = furnished.ask("GET", "/api/v3/repos/paulmon/cpython")[2]
    assert document["parent"]["full_name"] == document["source"]["full_name"] == "guido/cpython"
