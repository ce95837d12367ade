from __future__ import annotations

import pytest
from forge_samples import HEAD, OTHER, absent, graph, page, pull, review, rollup, run, status

from stacker.errors import ForgeError
from stacker.forge.api import (
    BranchTip,
    CIResult,
    CISource,
    CIState,
    Comment,
    PullState,
    Review,
    ReviewState,
)


def test_one_question_answers_for_all(scripted, github):
    scripted.on("POST", "/graphql", graph(p0=pull(7), p1=pull(8), h2=page(pull(9), pull(7))))
    found = github.pulls("o/r", [7, 8], heads=["stack/9"])
    assert [one.number for one in found] == [7, 8, 9]
    assert len(scripted.asked) == 1
    asked = scripted.asked[0].body
    assert asked["variables"] == {"owner": "o", "name": "r", "h2": "stack/9"}
    assert asked["query"].count("pullRequest(number:") == 2


def test_fifty_a_document(scripted, github):
    scripted.on("POST", "/graphql", graph(**{f"p{i}": None for i in range(50)}))
    assert github.pulls("o/r", range(1, 121)) == ()
    assert len(scripted.asked) == 3


def test_nothing_asked_for_asks_nothing(scripted, github):
    assert github.pulls("o/r") == ()
    assert scripted.asked == []


def test_what_is_not_there_is_left_out(scripted, github):
    scripted.on("POST", "/graphql", graph([absent("p0")], p0=None, p1=pull(8)))
    assert [one.number for one in github.pulls("o/r", [404, 8])] == [8]
    scripted.answers.clear()
    scripted.on("POST", "/graphql", graph([absent("p0"), absent("p1")], p0=None, p1=None))
    assert github.pulls("o/r", [404, 405]) == ()


@pytest.mark.parametrize(
    "errors",
    [
        [{"type": "FORBIDDEN", "path": ["repository", "p0"], "message": "Not for you"}],
        [absent("p0"), {"message": "Something went wrong"}],
        [{"type": "NOT_FOUND", "path": ["repository", "p0", "reviews"], "message": "gone"}],
        "nonsense",
    ],
)
def test_any_other_error_is_never_an_absence(scripted, github, errors):
    scripted.on("POST", "/graphql", graph(errors, p0=None))
    with pytest.raises(ForgeError, match="cannot read pull requests of o/r"):
        github.pulls("o/r", [7])


def test_a_repository_that_is_not_there(scripted, github):
    missing = {"type": "NOT_FOUND", "path": ["repository"], "message": "Could not resolve to o/r."}
    scripted.on("POST", "/graphql", {"data": {"repository": None}, "errors": [missing]})
    with pytest.raises(ForgeError, match=r"Could not resolve to o/r\.") as caught:
        github.pulls("o/r", [7])
    assert "may not see it" in caught.value.hint


def test_a_lost_question_is_asked_again(scripted, github):
    scripted.lose("POST", "/graphql")
    scripted.on("POST", "/graphql", {"message": "Bad gateway"}, status=502)
    scripted.on("POST", "/graphql", graph(p0=pull(7)))
    assert github.pull("o/r", 7).number == 7
    assert len(scripted.asked) == 3


def test_an_unanswered_question_is_an_error(scripted, github):
    scripted.on("POST", "/graphql", {"message": "Bad gateway"}, status=502)
    with pytest.raises(ForgeError, match="502 Bad gateway") as caught:
        github.pulls("o/r", [7])
    assert caught.value.exit_code == 1


def test_an_owner_narrows_a_head(scripted, github):
    theirs = pull(3, headRepositoryOwner={"login": "eve"})
    orphan = pull(4, headRepositoryOwner=None, headRepository=None)
    scripted.on("POST", "/graphql", graph(h0=page(theirs, orphan, pull(5))))
    assert [one.number for one in github.pulls("o/r", heads=["Paul:stack/5"])] == [5]
    (_, second, _) = github.pulls("o/r", heads=["stack/5"])  # newest first: 5, 4, 3
    assert second.head_owner is None
    assert second.head_repository is None


def test_pages_behind_a_head(scripted, github):
    scripted.on("POST", "/graphql", graph(h0=page(pull(5), after="c1")))
    scripted.on("POST", "/graphql", graph(h=page(pull(4))))
    assert [one.number for one in github.pulls("o/r", heads=["b"])] == [5, 4]
    assert scripted.asked[1].body["variables"]["after"] == "c1"


def test_every_field(scripted, github):
    node = pull(
        7,
        state="MERGED",
        isDraft=True,
        mergeCommit={"oid": OTHER},
        reviews=page(review("ann"), review(None, "CHANGES_REQUESTED")),
        comments=page({"databaseId": 3, "body": "hi", "author": None, "viewerDidAuthor": True}),
        commits=rollup(
            status("ci/linux"),
            status("ci/old", "ERROR"),
            run("build", "TIMED_OUT"),
            run("docs", None, "IN_PROGRESS"),
            run("lint", "NEUTRAL"),
        ),
    )
    scripted.on("POST", "/graphql", graph(p0=node))
    found = github.pull("o/r", 7)
    assert found.state is PullState.MERGED
    assert found.draft
    assert found.merge_commit == OTHER
    assert found.head_repository == "paul/r"
    when = "2019-05-01T10:00:00Z"
    assert found.reviews == (
        Review("ann", ReviewState.APPROVED, HEAD, when),
        Review("ghost", ReviewState.CHANGES_REQUESTED, HEAD, when),
    )
    assert found.comments == (Comment(3, "ghost", "hi", mine=True),)
    assert found.checks[0] == CIResult("ci/linux", CISource.STATUS, CIState.SUCCESS, "", "bot")
    assert [check.state for check in found.checks] == [
        CIState.SUCCESS,
        CIState.FAILURE,
        CIState.FAILURE,
        CIState.PENDING,
        CIState.NEUTRAL,
    ]


def test_pages_behind_reviews_comments_and_checks(scripted, github):
    first = pull(
        7,
        reviews=page(review("ann"), after="r1"),
        comments=page(after="m1"),
        commits=rollup(status("a"), after="k1"),
    )
    scripted.on("POST", "/graphql", graph(p0=first))
    scripted.on("POST", "/graphql", graph(p={"reviews": page(review("bob"))}))
    scripted.on("POST", "/graphql", graph(p={"commits": rollup(status("b"))}))
    comment = {
        "databaseId": 3,
        "body": "late",
        "author": {"login": "eve"},
        "viewerDidAuthor": False,
    }
    scripted.on("POST", "/graphql", graph(p={"comments": page(comment)}))
    found = github.pull("o/r", 7)
    assert [one.author for one in found.reviews] == ["ann", "bob"]
    assert [one.name for one in found.checks] == ["a", "b"]
    assert [one.body for one in found.comments] == ["late"]


def test_checks_of_another_commit_say_nothing(scripted, github):
    scripted.on("POST", "/graphql", graph(p0=pull(7, commits=rollup(status("a"), oid=OTHER))))
    assert github.pull("o/r", 7).checks == ()


@pytest.mark.parametrize(
    "changes",
    [
        {"number": "7"},
        {"headRefOid": "HEAD"},
        {"state": "AJAR"},
        {"isDraft": None},
        {"reviews": {"nodes": None}},
        {"commits": {"nodes": [{"commit": {"oid": HEAD, "statusCheckRollup": [1]}}]}},
        {"commits": rollup(run("x", "MAYBE"))},
        {"reviews": {"nodes": [], "pageInfo": {"hasNextPage": True, "endCursor": None}}},
        {"author": "paul"},
    ],
)
def test_a_misshapen_pull_request_is_an_error(scripted, github, changes):
    scripted.on("POST", "/graphql", graph(p0=pull(7, **changes)))
    with pytest.raises(ForgeError, match="cannot be read"):
        github.pull("o/r", 7)


def test_endless_pages_end(scripted, github):
    scripted.on("POST", "/graphql", graph(h0=page(after="c"), h=page(after="c")))
    with pytest.raises(ForgeError, match="more than 100 pages"):
        github.pulls("o/r", heads=["b"])


def tip(oid, *contexts, after=None):
    rolled = {"contexts": page(*contexts, after=after)} if contexts else None
    return {"target": {"oid": oid, "statusCheckRollup": rolled}}


def test_a_branch_that_moves_between_two_pages_is_an_error(scripted, github):
    first = graph(b=tip(HEAD, status("a"), after="c"), o=tip(OTHER))
    scripted.on("POST", "/graphql", first)
    scripted.on("POST", "/graphql", graph(b=tip(OTHER, status("b")), o=tip(OTHER)))
    with pytest.raises(ForgeError, match="landing of o/r moved meanwhile"):
        github.tip_checks("o/r", "landing", "master")


def test_a_tip_without_any_report(scripted, github):
    scripted.on("POST", "/graphql", graph(b=tip(HEAD), o=None))
    assert github.tip_checks("o/r", "landing", "master") == BranchTip(HEAD, (), None)


def test_threads_that_nobody_resolved_are_counted_in_the_same_question(scripted, github):
    threads = [{"isResolved": resolved} for resolved in (False, True, False)]
    scripted.on("POST", "/graphql", graph(p0=pull(7, reviewThreads=page(*threads))))
    [one] = github.pulls("o/r", [7])
    assert (one.open_threads, len(scripted.asked)) == (2, 1)
