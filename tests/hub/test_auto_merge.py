"""Auto-merge and forced pushes, as GraphQL tells them of a pull request."""

from __future__ import annotations

import pytest
from test_graph import ask

FACTS = """{ repository(owner: "guido", name: "cpython") { pullRequest(number: 1) {
  id isInMergeQueue autoMergeRequest { mergeMethod enabledBy { login } }
  timelineItems(last: 1, itemTypes: [HEAD_REF_FORCE_PUSHED_EVENT]) { totalCount nodes {
    ... on HeadRefForcePushedEvent { createdAt beforeCommit { oid } afterCommit { oid } } } }
} } }"""
ENABLE = """mutation($id: ID!) { enablePullRequestAutoMerge(
  input: {pullRequestId: $id, mergeMethod: SQUASH}) { pullRequest { number } } }"""
DISABLE = """mutation($id: ID!) { disablePullRequestAutoMerge(
  input: {pullRequestId: $id}) { pullRequest { number } } }"""


@pytest.fixture
def facts(world, forked):
    """What is told of the one pull request, asked each time anew."""
    world.propose(forked, "ctypes", {"a": "1"})
    return lambda: ask(world, FACTS)["data"]["repository"]["pullRequest"]


def test_auto_merge_is_asked_for_and_shown(world, facts):
    named = {"id": facts()["id"]}
    assert (facts()["autoMergeRequest"], facts()["isInMergeQueue"]) == (None, False)
    assert "errors" in ask(world, DISABLE, named, "guido")
    assert "errors" in ask(world, ENABLE, named, "paulmon")
    answer = ask(world, ENABLE, named, "guido")
    assert answer["data"]["enablePullRequestAutoMerge"] == {"pullRequest": {"number": 1}}
    shown = {"mergeMethod": "SQUASH", "enabledBy": {"login": "guido"}}
    assert facts()["autoMergeRequest"] == shown
    assert world.repo("zooba").get_pull(1).raw_data["auto_merge"]["merge_method"] == "squash"
    ask(world, DISABLE, named, "guido")
    assert facts()["autoMergeRequest"] is None


def test_nobody_waits_for_what_is_closed(world, facts):
    named = {"id": facts()["id"]}
    ask(world, ENABLE, named, "guido")
    world.repo("guido").get_pull(1).edit(state="closed")
    assert facts()["autoMergeRequest"] is None
    assert "errors" in ask(world, ENABLE, named, "guido")


def test_a_forced_push_is_remembered_and_one_forward_is_none(world, forked, facts):
    forked.git("checkout", "-q", "ctypes")
    ahead = forked.commit({"a": "2"})
    world.pushed(forked, "paulmon", "ctypes", to="paulmon/cpython")
    assert facts()["timelineItems"]["nodes"] == []
    forked.git("commit", "-q", "--amend", "-m", "Better said")
    world.pushed(forked, "paulmon", "+ctypes", to="paulmon/cpython")
    after = forked.oid("ctypes")
    [event] = facts()["timelineItems"]["nodes"]
    assert event["createdAt"] == "2019-04-25T12:00:00Z"
    assert (event["beforeCommit"]["oid"], event["afterCommit"]["oid"]) == (ahead, after)
