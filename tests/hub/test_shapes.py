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
        "/pulls/2/merge", "/issues/1/comments", "/issues/comments/1", "/issues/1/labels",
        "/commits/master", "/commits/HEAD/status", "/commits/HEAD/statuses",
        "/commits/HEAD/check-runs", "/statuses/HEAD", "/compare/master...paulmon:ctypes",
        "/git/ref/heads/master", "/git/matching-refs/", "/git/matching-refs/heads/m",
        "/branches", "/branches/master", "/branches/master/protection",
    )),
)  # fmt: skip


@pytest.fixture(scope="module")
def furnished(tmp_path_factory):
    """A hub with a pull request that has everything on it, and one that is merged."""
    world = World(tmp_path_factory.mktemp("shapes"))
    work = world.make()
    world.fork("paulmon")
    repo = world.repo("guido")
    pull = world.propose(work, "ctypes", {"Modules/_ctypes/callproc.c": "arm\n"})
    pull.create_issue_comment("Thanks.")
    pull = repo.get_pull(pull.number)
    pull.add_to_labels("OS-windows")
    pull.create_review(body="Fine.", event="APPROVE")
    commit = repo.get_commit(pull.head.sha)
    commit.create_status("success", "https://ci.example.org/1", "ok", "ci/build")
    output = {"title": "t", "summary": "s"}
    repo.create_check_run("docs", pull.head.sha, conclusion="neutral", output=output)
    world.propose(work, "merged", {"b": "1\n"})
    repo.get_pull(2).merge(merge_method="squash")
    repo.get_branch("master").edit_protection(
        strict=True, contexts=["ci/build"], required_approving_review_count=1, enforce_admins=True
    )
    world.head = pull.head.sha
    yield world
    world.close()


@pytest.mark.parametrize("path", PATHS)
def test_an_answer_with_everything_in_it(furnished, path):
    status, _, document = furnished.ask("GET", path.replace("HEAD", furnished.head), name="guido")
    assert status in {200, 204}
    assert document != []


def test_no_question_is_left_out():
    routes = ROUTES.bind("hub")
    asked = {routes.match(p, return_rule=True)[0].rule for p in PATHS if "rate_limit" not in p}
    assert asked == {each.rule for each in ROUTES.iter_rules() if "GET" in each.methods}


def test_a_fork_shows_its_parent(furnished):
    document = furnished.ask("GET", "/api/v3/repos/paulmon/cpython")[2]
    assert document["parent"]["full_name"] == document["source"]["full_name"] == "guido/cpython"
