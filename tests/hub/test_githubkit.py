"""A second client that we did not write: githubkit, which checks every answer that it reads."""

from __future__ import annotations

import pytest
from githubkit import GitHub
from githubkit.exception import RequestFailed

OWN = ("guido", "cpython")


def client(world, name):
    github = GitHub(
        world.token(name), base_url=f"{world.hub.api}/", http_cache=False, auto_retry=False
    )
    return github, github.rest("2022-11-28")


@pytest.fixture
def people(world, forked):
    """githubkit as three people."""
    return {name: client(world, name) for name in ("paulmon", "guido", "zooba")}


def test_a_pull_requests_life(world, forked, people):
    forked.commit({"a": "1\n"}, on="ctypes")
    world.pushed(forked, "paulmon", "ctypes", to="paulmon/cpython")
    (_, paul), (_, guido), (_, zooba) = people.values()
    opened = paul.pulls.create(
        *OWN, title="Port ctypes", body="Why.", head="paulmon:ctypes", base="master"
    ).parsed_data
    assert (opened.number, opened.state, opened.head.sha) == (1, "open", forked.oid("ctypes"))
    edited = paul.pulls.update(*OWN, 1, title="Port ctypes to ARM").parsed_data
    assert edited.title == "Port ctypes to ARM"
    comment = zooba.issues.create_comment(*OWN, 1, body="Thanks.").parsed_data
    assert zooba.issues.update_comment(*OWN, comment.id, body="Thank you.").status_code == 200
    assert [c.body for c in paul.issues.list_comments(*OWN, 1).parsed_data] == ["Thank you."]
    review = zooba.pulls.create_review(*OWN, 1, event="APPROVE").parsed_data
    assert (review.state, review.commit_id) == ("APPROVED", opened.head.sha)
    guido.issues.add_labels(*OWN, 1, data=["OS-windows"])
    status = guido.repos.create_commit_status(
        *OWN, opened.head.sha, state="success", context="ci/build"
    ).parsed_data
    assert status.creator.login == "guido"
    combined = paul.repos.get_combined_status_for_ref(*OWN, opened.head.sha).parsed_data
    assert (combined.state, combined.total_count) == ("success", 1)
    files = paul.pulls.list_files(*OWN, 1).parsed_data
    assert [(f.filename, f.status) for f in files] == [("a", "added")]
    [listed] = paul.pulls.list(*OWN, head="paulmon:ctypes").parsed_data
    assert [label.name for label in listed.labels] == ["OS-windows"]
    done = guido.pulls.merge(*OWN, 1, sha=opened.head.sha, merge_method="squash").parsed_data
    merged = zooba.pulls.get(*OWN, 1).parsed_data
    assert (merged.merged, merged.merge_commit_sha) == (True, done.sha)
    assert merged.merged_by.login == "guido"


def test_refusals_are_read_too(world, forked, people):
    _, paul = people["paulmon"]
    world.propose(forked, "ctypes", {"a": "1"})
    with pytest.raises(RequestFailed) as caught:
        paul.pulls.create(*OWN, title="T", head="paulmon:ctypes", base="master")
    [error] = caught.value.response.parsed_data.errors
    assert error.message == "A pull request already exists for paulmon:ctypes."
    with pytest.raises(RequestFailed) as caught:
        paul.pulls.create_review(*OWN, 1, event="APPROVE")
    assert caught.value.response.parsed_data.errors == ["Can not approve your own pull request"]
    with pytest.raises(RequestFailed) as caught:
        people["guido"][1].pulls.merge(*OWN, 1, sha="1" * 40)
    assert caught.value.response.status_code == 409
    assert caught.value.response.parsed_data.message.startswith("Head branch was modified.")


def test_pages_are_followed(world, forked, people):
    github, paul = people["paulmon"]
    pull = world.propose(forked, "ctypes", {"a": "1"})
    for number in range(5):
        pull.create_issue_comment(str(number))
    found = github.rest.paginate(
        paul.issues.list_comments, owner="guido", repo="cpython", issue_number=1, per_page=2
    )
    assert [each.body for each in found] == ["0", "1", "2", "3", "4"]


def test_drafts_by_graphql(world, forked, people):
    github, _ = people["paulmon"]
    pull = world.propose(forked, "ctypes", {"a": "1"}, draft=True)
    mutation = """mutation($id: ID!) { markPullRequestReadyForReview(
      input: {pullRequestId: $id}) { pullRequest { isDraft } } }"""
    answer = github.graphql(mutation, {"id": pull.node_id})
    assert answer["markPullRequestReadyForReview"] == {"pullRequest": {"isDraft": False}}
