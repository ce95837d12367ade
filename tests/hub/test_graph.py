"""GraphQL: the bulk read, drafts, and errors in GitHub's shape."""

from __future__ import annotations

import pytest
from github import GithubException, UnknownObjectException

BULK = """
query Bulk($owner: String!, $name: String!, $number: Int!) {
  viewer { login }
  rateLimit { cost remaining }
  repository(owner: $owner, name: $name) {
    nameWithOwner
    defaultBranchRef { name target { oid } }
    viewerPermission
    p0: pullRequest(number: $number) { ...Pull }
    h0: pullRequests(headRefName: "ctypes", first: 10, states: [OPEN, CLOSED, MERGED]) {
      nodes { number headRepositoryOwner { login } }
      pageInfo { hasNextPage endCursor }
    }
    h1: pullRequests(headRefName: "none", first: 10) { nodes { number } totalCount }
  }
}
fragment Pull on PullRequest {
  id number state isDraft title body url headRefName headRefOid baseRefName
  headRepository { nameWithOwner } headRepositoryOwner { login } author { login }
  merged mergedAt mergeCommit { oid } mergeable reviewDecision maintainerCanModify
  reviews(first: 100) { nodes { state author { login } commit { oid } submittedAt } }
  commits(last: 1) { nodes { commit { oid statusCheckRollup { state contexts(first: 100) {
    nodes {
      __typename
      ... on StatusContext { context state description creator { login } }
      ... on CheckRun { name conclusion status }
    }
  } } } } }
  comments(first: 100) { nodes { databaseId body author { login } } }
  labels(first: 20) { nodes { name } }
}
"""
ARGS = {"owner": "guido", "name": "cpython", "number": 1}


def ask(world, query, variables=None, name="zooba"):
    body = {"query": query, "variables": variables or {}}
    status, _, answer = world.ask("POST", "/api/graphql", body, name=name)
    assert status == 200
    return answer


def nodes(connection):
    return connection["nodes"]


VIEWER = """
query Viewer($owner: String!, $name: String!, $number: Int!) {
  repository(owner: $owner, name: $name) { pullRequest(number: $number) {
    viewerCanUpdate comments(first: 9) { nodes { viewerDidAuthor } }
  } }
}
"""


@pytest.mark.parametrize(
    ("name", "can", "did"),
    [("paulmon", True, True), ("guido", True, False), ("zooba", False, False)],
)
def test_what_a_viewer_may_change_and_wrote(world, forked, name, can, did):
    world.propose(forked, "ctypes", {"a": "1"}).create_issue_comment("Hello")
    shown = ask(world, VIEWER, ARGS, name)["data"]["repository"]["pullRequest"]
    assert shown == {"viewerCanUpdate": can, "comments": {"nodes": [{"viewerDidAuthor": did}]}}


def test_everything_about_a_pull_request_in_one_question(world, forked):
    pull = world.propose(forked, "ctypes", {"a": "1"}, draft=True)
    repo = world.quick("guido")
    comment = pull.create_issue_comment("Hello")
    repo.get_pull(1).add_to_labels("build")
    repo.get_pull(1).create_review(event="APPROVE")
    repo.get_commit(pull.head.sha).create_status("success", description="ok", context="ci")
    repo.create_check_run("docs", pull.head.sha, conclusion="timed_out")
    answer = ask(world, BULK, ARGS)
    assert "errors" not in answer
    data, found = answer["data"], answer["data"]["repository"]
    assert data["viewer"] == {"login": "zooba"}
    assert data["rateLimit"]["cost"] == 1
    assert (found["nameWithOwner"], found["viewerPermission"]) == ("guido/cpython", "READ")
    assert found["defaultBranchRef"] == {"name": "master", "target": {"oid": world.tip()}}
    assert nodes(found["h0"]) == [{"number": 1, "headRepositoryOwner": {"login": "paulmon"}}]
    assert found["h1"] == {"nodes": [], "totalCount": 0}
    shown = found["p0"]
    assert shown["id"] == pull.node_id
    assert (shown["state"], shown["isDraft"], shown["mergeable"]) == ("OPEN", True, "MERGEABLE")
    assert shown["headRefOid"] == pull.head.sha
    assert shown["headRepository"] == {"nameWithOwner": "paulmon/cpython"}
    assert shown["url"] == pull.html_url
    assert (shown["merged"], shown["mergedAt"], shown["mergeCommit"]) == (False, None, None)
    assert shown["reviewDecision"] == "APPROVED"
    (review,) = nodes(shown["reviews"])
    assert (review["state"], review["author"], review["commit"]) == (
        "APPROVED", {"login": "guido"}, {"oid": pull.head.sha},
    )  # fmt: skip
    assert nodes(shown["comments"]) == [
        {"databaseId": comment.id, "body": "Hello", "author": {"login": "paulmon"}}
    ]
    assert nodes(shown["labels"]) == [{"name": "build"}]
    rollup = nodes(shown["commits"])[0]["commit"]["statusCheckRollup"]
    assert rollup["state"] == "FAILURE"
    assert nodes(rollup["contexts"]) == [
        {"__typename": "CheckRun", "name": "docs", "conclusion": "TIMED_OUT",
         "status": "COMPLETED"},
        {"__typename": "StatusContext", "context": "ci", "state": "SUCCESS", "description": "ok",
         "creator": {"login": "guido"}},
    ]  # fmt: skip


RUNS = """
query Runs($owner: String!, $name: String!, $number: Int!) {
  repository(owner: $owner, name: $name) { pullRequest(number: $number) {
    baseRefOid baseRef { name target { ... on Commit { oid } } }
    commits(last: 1) { nodes { commit { statusCheckRollup { contexts(first: 100) { nodes {
      ... on CheckRun {
        name conclusion startedAt completedAt
        checkSuite { app { slug name } workflowRun { event } }
      }
      ... on StatusContext { context createdAt targetUrl }
    } } } } } }
  } }
}
"""


def test_who_made_a_check_run_and_what_started_it(world, forked):
    pull = world.propose(forked, "ctypes", {"a": "1"})
    runs = "/api/v3/repos/guido/cpython/check-runs"
    actions = "github-actions[bot]"
    made = {"name": "build", "head_sha": pull.head.sha}
    for more, name in [
        ({"conclusion": "failure", "event": "push"}, actions),
        ({"conclusion": "success", "event": "push"}, actions),
        ({"conclusion": "success", "event": "pull_request"}, actions),
        ({"status": "queued"}, actions),
        ({"conclusion": "success", "event": "push"}, "guido"),
    ]:
        assert world.ask("POST", runs, made | more, name=name)[0] == 201
    forked.git("checkout", "-q", "master")
    tip = forked.commit({"drift": "1"})
    forked.git("push", "-q", str(world.bare()), "master")
    shown = ask(world, RUNS, ARGS)["data"]["repository"]["pullRequest"]
    assert shown["baseRef"] == {"name": "master", "target": {"oid": tip}}
    found = nodes(nodes(shown["commits"])[0]["commit"]["statusCheckRollup"]["contexts"])
    suites = [run["checkSuite"] for run in found]
    app = {"slug": "github-actions", "name": "github-actions"}
    assert suites == [
        {"app": None, "workflowRun": None},
        {"app": app, "workflowRun": None},
        {"app": app, "workflowRun": {"event": "pull_request"}},
        {"app": app, "workflowRun": {"event": "push"}},
    ]
    assert [run["completedAt"] is None for run in found] == [False, True, False, False]
    assert found[3]["conclusion"] == "SUCCESS"
    assert found[3]["startedAt"] == found[3]["completedAt"]


def test_what_a_branch_points_to_is_a_commit_only_when_asked(world, work):
    """GitHub's `target` is any object of git: what only commits have is asked in a fragment."""
    query = '{ repository(owner: "guido", name: "cpython") { defaultBranchRef { target { %s } } } }'
    answer = ask(world, query % "oid ... on Commit { messageHeadline }")
    shown = answer["data"]["repository"]["defaultBranchRef"]["target"]
    assert shown == {"oid": world.tip(), "messageHeadline": "Start"}
    [error] = ask(world, query % "messageHeadline")["errors"]
    assert "messageHeadline" in error["message"]


def test_a_merged_one(world, forked):
    world.propose(forked, "ctypes", {"a": "1"})
    commit = world.quick("guido").get_pull(1).merge(merge_method="squash").sha
    shown = ask(world, BULK, ARGS)["data"]["repository"]["p0"]
    assert (shown["state"], shown["merged"], shown["mergeable"]) == ("MERGED", True, "UNKNOWN")
    assert shown["mergeCommit"] == {"oid": commit}


def test_refs_moved_by_hand_are_seen_here_too(world, forked):
    world.propose(forked, "ctypes", {"a": "1"})
    forked.git("push", "-q", str(world.bare()), "ctypes:master")
    assert ask(world, BULK, ARGS)["data"]["repository"]["p0"]["state"] == "MERGED"


@pytest.mark.parametrize(
    ("reviews", "required", "decision"),
    [
        ([], None, None),
        ([], 1, "REVIEW_REQUIRED"),
        ([("mariatta", "APPROVE")], 1, "REVIEW_REQUIRED"),
        ([("guido", "APPROVE")], 1, "APPROVED"),
        ([("guido", "APPROVE"), ("zooba", "REQUEST_CHANGES")], 1, "CHANGES_REQUESTED"),
        ([("zooba", "REQUEST_CHANGES"), ("zooba", "APPROVE")], None, "APPROVED"),
        ([("guido", "APPROVE")], 2, "REVIEW_REQUIRED"),
        ([("guido", "APPROVE"), ("guido", "COMMENT")], 1, "APPROVED"),
    ],
)
def test_what_reviews_amount_to(world, forked, reviews, required, decision):
    world.propose(forked, "ctypes", {"a": "1"})
    world.quick("guido").add_to_collaborators("zooba", "push")
    if required is not None:
        world.quick("guido").get_branch("master").edit_protection(
            required_approving_review_count=required
        )
    for name, event in reviews:
        world.quick(name).get_pull(1).create_review(event=event, body="Words.")
    shown = ask(world, BULK, ARGS)["data"]["repository"]["p0"]
    assert shown["reviewDecision"] == decision


def test_long_lists_are_paged_both_ways(world, forked):
    pull = world.propose(forked, "ctypes", {"a": "1"})
    for number in range(5):
        pull.create_issue_comment(str(number))
    query = """query($after: String, $before: String, $first: Int, $last: Int) {
      repository(owner: "guido", name: "cpython") { pullRequest(number: 1) {
        comments(after: $after, before: $before, first: $first, last: $last) {
          nodes { body } totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    } } } }"""

    def window(**args):
        found = ask(world, query, args)["data"]["repository"]["pullRequest"]["comments"]
        assert found["totalCount"] == 5
        return "".join(each["body"] for each in nodes(found)), found["pageInfo"]

    said, page = window(first=2)
    assert (said, page["hasNextPage"], page["hasPreviousPage"]) == ("01", True, False)
    said, page = window(first=2, after=page["endCursor"])
    assert said == "23"
    said, page = window(first=2, after=page["endCursor"])
    assert (said, page["hasNextPage"]) == ("4", False)
    said, page = window(last=2)
    assert (said, page["hasPreviousPage"]) == ("34", True)
    assert window(last=2, before=page["startCursor"])[0] == "12"
    assert window(first=2, after=page["endCursor"])[0] == ""


def test_drafts(world, forked):
    pull = world.propose(forked, "ctypes", {"a": "1"})
    query = """mutation($id: ID!) { convertPullRequestToDraft(
      input: {pullRequestId: $id, clientMutationId: "x"}
    ) { clientMutationId pullRequest { isDraft number } } }"""
    answer = ask(world, query, {"id": pull.node_id}, name="paulmon")
    assert answer["data"]["convertPullRequestToDraft"] == {
        "clientMutationId": "x", "pullRequest": {"isDraft": True, "number": 1},
    }  # fmt: skip
    (error,) = ask(world, query, {"id": pull.node_id}, name="zooba")["errors"]
    assert error["type"] == "FORBIDDEN"
    (error,) = ask(world, query, {"id": "PR_00000099"}, name="zooba")["errors"]
    assert error["type"] == "NOT_FOUND"
    pull.edit(state="closed")
    (error,) = ask(world, query, {"id": pull.node_id}, name="paulmon")["errors"]
    assert (error["type"], error["message"]) == ("UNPROCESSABLE", "Pull request is closed.")


def test_what_is_not_there_is_null_with_an_error(world, forked):
    world.propose(forked, "ctypes", {"a": "1"})
    query = """{ repository(owner: "guido", name: "cpython") {
      yes: pullRequest(number: 1) { number } no: pullRequest(number: 9) { number } } }"""
    answer = ask(world, query)
    assert answer["data"]["repository"] == {"yes": {"number": 1}, "no": None}
    (error,) = answer["errors"]
    assert (error["type"], error["path"]) == ("NOT_FOUND", ["repository", "no"])
    assert error["message"] == "Could not resolve to a PullRequest with the number of 9."
    gone = '{ repository(owner: "guido", name: "none") { name } }'
    assert ask(world, gone)["data"] == {"repository": None}
    with pytest.raises(UnknownObjectException):
        world.client("zooba").requester.graphql_query(gone, {})


@pytest.mark.parametrize(
    "query",
    ["", "{", "{ nothing }", "{ viewer }", '{ repository(owner: "guido") { name } }',
     "{ " + "viewer { login } " * 6000 + "}"],
)  # fmt: skip
def test_a_document_that_is_none(world, query):
    answer = ask(world, query)
    assert "data" not in answer
    assert answer["errors"][0]["message"]
    with pytest.raises(GithubException):
        world.client("zooba").requester.graphql_query(query, {})


@pytest.mark.parametrize("window", ["", "(first: 101)", "(first: -1)", "(first: 1, last: 1)",
                                    '(first: 1, after: "?")'])  # fmt: skip
def test_a_window_that_is_none(world, work, window):
    query = '{ repository(owner: "guido", name: "cpython") { pullRequests%s { totalCount } } }'
    assert ask(world, query % window)["errors"][0]["type"] == "UNPROCESSABLE"


def test_only_posts(world):
    assert world.ask("GET", "/api/graphql", name="zooba")[0] == 404
