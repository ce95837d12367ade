"""What people and machines say: reviews, comments, labels, statuses, check runs."""

from __future__ import annotations

import pytest
from github import GithubException, UnknownObjectException

from stacker.errors import StackerError
from stacker.hub.server import User, start

R = "/api/v3/repos/guido/cpython"


@pytest.fixture
def pull(world, forked):
    return world.propose(forked, "ctypes", {"a": "1"})


def status_of(call):
    with pytest.raises(GithubException) as caught:
        call()
    return caught.value.status


def test_a_review_is_bound_to_the_head_it_saw(world, forked, pull):
    theirs = world.quick("zooba").get_pull(1)
    theirs.create_review(event="APPROVE")
    forked.git("checkout", "-q", "ctypes")
    new = forked.commit({"a": "2"})
    world.pushed(forked, "paulmon", "ctypes", to="paulmon/cpython")
    theirs.create_review(event="REQUEST_CHANGES", body="No.")
    theirs.create_review(event="COMMENT", body="Hm.")
    said = [(r.state, r.commit_id, r.user.login, r.body) for r in pull.get_reviews()]
    assert said == [
        ("APPROVED", pull.head.sha, "zooba", ""),
        ("CHANGES_REQUESTED", new, "zooba", "No."),
        ("COMMENTED", new, "zooba", "Hm."),
    ]


def test_nobody_approves_their_own(world, pull):
    # https://docs.github.com/en/pull-requests/collaborating-with-pull-requests/reviewing-changes-in-pull-requests/approving-a-pull-request-with-required-reviews
    with pytest.raises(GithubException, match="Can not approve your own pull request") as caught:
        pull.create_review(event="APPROVE")
    assert caught.value.status == 422
    assert status_of(lambda: pull.create_review(event="REQUEST_CHANGES", body="x")) == 422
    assert pull.create_review(event="COMMENT", body="A note").state == "COMMENTED"


def test_a_review_that_says_nothing_or_nonsense(world, pull):
    theirs = world.quick("zooba").get_pull(1)
    assert status_of(lambda: theirs.create_review(event="COMMENT")) == 422
    assert status_of(lambda: theirs.create_review(event="LIKE", body="x")) == 422
    commit = world.repo("zooba").get_commit("master")
    reviewed = theirs.create_review(commit=commit, event="APPROVE")
    assert reviewed.commit_id == commit.sha
    body = {"event": "APPROVE", "commit_id": "1" * 40}
    path = "/api/v3/repos/guido/cpython/pulls/1/reviews"
    assert world.ask("POST", path, body, name="zooba")[0] == 422


def test_stale_approvals_are_dismissed_when_the_rules_say_so(world, forked, pull):
    # https://docs.github.com/en/repositories/configuring-branches-and-merges-in-your-repository/managing-protected-branches/about-protected-branches
    world.repo("guido").get_branch("master").edit_protection(
        required_approving_review_count=1, dismiss_stale_reviews=True, enforce_admins=True
    )
    world.quick("guido").get_pull(1).create_review(event="APPROVE")
    assert world.quick("guido").get_pull(1).mergeable_state == "clean"
    forked.git("checkout", "-q", "ctypes")
    forked.commit({"a": "2"})
    world.pushed(forked, "paulmon", "ctypes", to="paulmon/cpython")
    assert [review.state for review in pull.get_reviews()] == ["DISMISSED"]
    assert world.quick("guido").get_pull(1).mergeable_state == "blocked"


def test_a_review_is_dismissed_by_who_may_write(world, pull):
    # https://docs.github.com/rest/pulls/reviews#dismiss-a-review-for-a-pull-request
    theirs = world.quick("zooba").get_pull(1)
    approved = theirs.create_review(event="APPROVE")
    remark = theirs.create_review(event="COMMENT", body="Hm.")
    assert status_of(lambda: pull.get_reviews()[0].dismiss("No.")) == 403
    for number, words in ((approved.id, " "), (remark.id, "No.")):
        path = f"/api/v3/repos/guido/cpython/pulls/1/reviews/{number}/dismissals"
        assert world.ask("PUT", path, {"message": words}, name="guido")[0] == 422
    path = "/api/v3/repos/guido/cpython/pulls/1/reviews/99/dismissals"
    assert world.ask("PUT", path, {"message": "No."}, name="guido")[0] == 404
    world.quick("guido").get_pull(1).get_reviews()[0].dismiss("It is another change by now.")
    assert [review.state for review in pull.get_reviews()] == ["DISMISSED", "COMMENTED"]


def test_comments(world, pull):
    mine = pull.create_issue_comment("First")
    world.quick("zooba").get_pull(1).create_issue_comment("Second")
    assert [c.body for c in pull.get_issue_comments()] == ["First", "Second"]
    mine.edit("Better")
    assert pull.get_issue_comment(mine.id).body == "Better"
    assert (
        status_of(lambda: world.quick("zooba").get_pull(1).get_issue_comment(mine.id).delete())
        == 403
    )
    assert status_of(lambda: pull.create_issue_comment(" ")) == 422
    world.quick("guido").get_pull(1).get_issue_comment(mine.id).delete()
    assert [c.body for c in pull.get_issue_comments()] == ["Second"]
    with pytest.raises(UnknownObjectException):
        pull.get_issue_comment(mine.id).update()


def test_a_comment_of_another_repository_is_not_there(world, pull):
    mine = pull.create_issue_comment("First")
    path = f"/api/v3/repos/paulmon/cpython/issues/comments/{mine.id}"
    assert world.ask("PATCH", path, {"body": "x"}, name="paulmon")[0] == 404


def test_labels_are_for_those_who_may_write(world, pull):
    assert status_of(lambda: pull.add_to_labels("mine")) == 403
    theirs = world.quick("guido").get_pull(1)
    theirs.add_to_labels("OS-windows", "build")
    theirs.add_to_labels("os-WINDOWS")
    assert [label.name for label in pull.get_labels()] == ["OS-windows", "build"]
    theirs.remove_from_labels("build")
    assert [label.name for label in world.quick("zooba").get_pull(1).labels] == ["OS-windows"]
    assert status_of(lambda: theirs.remove_from_labels("build")) == 404
    path = "/api/v3/repos/guido/cpython/issues/1/labels"
    assert world.ask("POST", path, {"labels": ["new"]}, name="guido")[0] == 200
    assert world.ask("POST", path, {"labels": [" "]}, name="guido")[0] == 422


def test_statuses_need_push_access(world, pull):
    # https://docs.github.com/rest/commits/statuses#create-a-commit-status
    head = pull.head.sha
    assert status_of(lambda: world.repo("paulmon").get_commit(head).create_status("success")) == 404
    commit = world.repo("guido").get_commit(head)
    assert commit.get_combined_status().state == "pending"
    commit.create_status("pending", "https://ci.example.org", "waiting", "build")
    commit.create_status("success", context="docs")
    combined = commit.get_combined_status()
    assert (combined.state, combined.total_count) == ("pending", 2)
    made = commit.create_status("success", "https://ci.example.org/1", "done", "build")
    assert (made.creator.login, made.description, made.context) == ("guido", "done", "build")
    combined = commit.get_combined_status()
    assert combined.state == "success"
    assert {s.context: s.state for s in combined.statuses} == {
        "build": "success",
        "docs": "success",
    }
    assert [s.state for s in commit.get_statuses()] == ["success", "success", "pending"]
    commit.create_status("error", context="docs")
    assert world.repo("zooba").get_commit(head).get_combined_status().state == "failure"


def test_statuses_of_nothing(world, work):
    path = "/api/v3/repos/guido/cpython"
    body = {"state": "success"}
    answer = world.ask("POST", f"{path}/statuses/{'1' * 40}", body, name="guido")
    assert (answer[0], answer[2]["message"]) == (422, f"No commit found for SHA: {'1' * 40}")
    tip = work.oid("master")
    assert world.ask("POST", f"{path}/statuses/{tip}", {"state": "good"}, name="guido")[0] == 422
    assert world.ask("GET", f"{path}/commits/none/status")[0] == 422


def test_check_runs(world, pull):
    repo, head = world.repo("guido"), pull.head.sha
    repo.create_check_run("build", head, status="in_progress")
    done = repo.create_check_run(
        "build", head, conclusion="failure", details_url="https://ci.example.org",
        output={"title": "1 error", "summary": "See the log."},
    )  # fmt: skip
    assert (done.status, done.conclusion, done.output.title) == ("completed", "failure", "1 error")
    repo.create_check_run("docs", head, conclusion="skipped")
    runs = {run.name: run.conclusion for run in repo.get_commit(head).get_check_runs()}
    assert runs == {"build": "failure", "docs": "skipped"}
    assert status_of(lambda: world.repo("paulmon").create_check_run("x", head)) == 404
    assert status_of(lambda: repo.create_check_run("x", head, conclusion="fine")) == 422
    assert status_of(lambda: repo.create_check_run("x", head, status="completed")) == 422
    assert status_of(lambda: repo.create_check_run("x", "1" * 40)) == 422
    assert [run.app for run in repo.get_commit(head).get_check_runs()] == [None, None]


def test_an_app_may_make_check_runs_everywhere(world, pull):
    head = pull.head.sha
    people = ("guido", "github-actions[bot]", "azure-pipelines[bot]")
    for name in people:
        run = {"name": "build", "head_sha": head, "conclusion": "success", "event": "push"}
        assert world.ask("POST", f"{R}/check-runs", run, name=name)[0] == 201
    runs = world.repo("zooba").get_commit(head).get_check_runs()
    assert [run.app and run.app.slug for run in runs] == ["azure-pipelines", "github-actions", None]
    status = {"state": "success", "context": "build"}
    assert world.ask("POST", f"{R}/statuses/{head}", status, name=people[1])[0] == 404
    with pytest.raises(StackerError, match="cannot be the name"):
        start(world.root, [User("a[bot]b", "t")])
