from __future__ import annotations

import socket

import pytest
from forge_samples import HEAD, OTHER, REPOSITORY, TOKEN, graph, opened, page, pull

from stacker.errors import ExitCode, ForgeError, OutcomeUnknown
from stacker.forge.api import (
    CIResult,
    CISource,
    CIState,
    MergeDone,
    MergeMethod,
    MergeRefused,
    Permission,
    Protection,
    PullState,
    RequiredCheck,
)
from stacker.forge.github import GitHub
from stacker.forge.pace import Pace


def open_seven(github):
    return github.open_pull(
        "o/r", head="paul:stack/7", base="master", title="Part 7", body="why", draft=True
    )


def test_every_request_carries_version_and_token(scripted, github):
    scripted.on("GET", "/user", {"login": "paul"})
    assert github.whoami() == "paul"
    headers = scripted.asked[0].headers
    assert headers["X-GitHub-Api-Version"] == "2022-11-28"
    assert headers["Authorization"] == f"token {TOKEN}"


def test_the_token_is_shown_nowhere(scripted, github):
    scripted.on("GET", "/user", {"message": f"{TOKEN} is no good\x1b[2J"}, status=401)
    with pytest.raises(ForgeError) as caught:
        github.whoami()
    assert caught.value.message == (
        "cannot read who the token belongs to: *** is no good\\u{1b}[2J"
    )
    assert TOKEN not in repr(github)


@pytest.mark.parametrize(
    ("status", "answer", "expected"),
    [
        (401, {"message": "Bad credentials"}, ("Bad credentials", "wrong or has expired")),
        (403, {"message": "Forbidden"}, ("Forbidden", "may not do this")),
        (429, {"message": "Slow down"}, ("Slow down", "pause")),
        (
            422,
            {"message": "Validation Failed", "errors": [{"field": "head", "code": "invalid"}]},
            ("Validation Failed: head invalid", ""),
        ),
        (422, {"message": "No", "errors": ["one", {"message": "two"}]}, ("No: one: two", "")),
        (418, b"", ("HTTP status 418", "")),
        (400, b"<html>proxy</html>", ("<html>proxy</html>", "")),
    ],
)
def test_a_refusal_in_the_forges_own_words(scripted, github, status, answer, expected):
    words, hint = expected
    scripted.on("GET", "/user", answer, status=status)
    with pytest.raises(ForgeError) as caught:
        github.whoami()
    assert caught.value.message.endswith(f": {words}")
    assert hint in caught.value.hint
    assert caught.value.exit_code == ExitCode.ERROR


@pytest.mark.parametrize("answer", [b"{", b"[1, 2", [1], "text", {"login": 7}, None, b"\xff\xfe"])
def test_an_unreadable_answer_is_an_error(scripted, github, answer):
    scripted.on("GET", "/user", answer)
    with pytest.raises(ForgeError):
        github.whoami()


def test_an_error_that_is_a_list(scripted, github):
    scripted.on("GET", "/user", ["no"], status=404)
    with pytest.raises(ForgeError, match="cannot be read"):
        github.whoami()


def test_without_a_token(scripted):
    scripted.on("GET", "/user", {"message": "Requires authentication"}, status=401)
    with (
        GitHub(scripted.api, None, pace=Pace(here=True)) as anonymous,
        pytest.raises(ForgeError) as caught,
    ):
        anonymous.whoami()
    assert "set GITHUB_TOKEN" in caught.value.hint
    assert "Authorization" not in scripted.asked[0].headers


def test_nobody_listens():
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        api = f"http://127.0.0.1:{held.getsockname()[1]}/api/v3"
        with GitHub(api, TOKEN, pace=Pace(here=True)) as github:
            with pytest.raises(ForgeError, match="cannot be reached") as read:
                github.whoami()
            with pytest.raises(ForgeError, match="cannot be reached") as act:
                github.comment("o/r", 7, "hi")
    assert not isinstance(read.value, OutcomeUnknown)
    assert not isinstance(act.value, OutcomeUnknown)  # it was never sent


def test_no_proxy_stands_between_us_and_this_machine(scripted, github, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    scripted.on("GET", "/user", {"login": "paul"})
    assert github.whoami() == "paul"


@pytest.mark.parametrize(
    "url", ["", "forge.example", "ftp://forge.example", "https://me:pw@forge.example"]
)
def test_an_address_that_is_none(url):
    with pytest.raises(ForgeError, match="address"):
        GitHub(url, None, pace=Pace())


@pytest.mark.parametrize(
    "name", ["r", "o/r/x", "../user", "o/..", "o/r?x", "o/r#", "o/", "o/\u202e"]
)
def test_a_name_that_would_lead_elsewhere(scripted, github, name):
    for ask in (github.repository, github.create_fork, lambda n: github.pulls(n, [1])):
        with pytest.raises(ForgeError, match="is not the name of a repository"):
            ask(name)
    assert scripted.asked == []


def test_reads_and_edits_are_repeated(scripted, github):
    for method, path in (("GET", "/user"), ("PATCH", "/repos/o/r/pulls/7")):
        scripted.lose(method, path)
        scripted.on(method, path, {"message": "Bad gateway"}, status=502)
        scripted.on(method, path, {"login": "paul", "number": 7})
    assert github.whoami() == "paul"
    github.edit_pull("o/r", 7, base="master")
    assert scripted.count("GET", "/user") == 3
    assert scripted.count("PATCH", "/repos/o/r/pulls/7") == 3


def test_a_forge_in_trouble(scripted, github):
    scripted.on("GET", "/user", {"message": "Unicorn"}, status=503)
    scripted.on("PATCH", "/repos/o/r/pulls/7", {"message": "Unicorn"}, status=503)
    with pytest.raises(ForgeError, match="it answered 503 Unicorn") as read:
        github.whoami()
    assert not isinstance(read.value, OutcomeUnknown)
    with pytest.raises(OutcomeUnknown, match="asked to edit #7 in o/r"):
        github.edit_pull("o/r", 7, title="x")


def test_repository_facts(scripted, github):
    scripted.on("GET", "/repos/o/r", REPOSITORY)
    facts = github.repository("o/r")
    assert facts.permission is Permission.WRITE
    assert facts.merge_methods == {MergeMethod.MERGE, MergeMethod.REBASE}
    assert facts.parent is None
    assert github.repository("o/absent") is None
    assert len(scripted.asked) == 2


@pytest.mark.parametrize(
    ("granted", "permission"),
    [
        ({"admin": True, "push": True, "pull": True}, Permission.ADMIN),
        ({"admin": False, "maintain": True, "pull": True}, Permission.WRITE),
        ({"admin": False, "push": False, "pull": True}, Permission.READ),
        ({"admin": False, "push": False, "pull": False}, Permission.NONE),
        (None, Permission.READ),
    ],
)
def test_permissions(scripted, github, granted, permission):
    scripted.on("GET", "/repos/o/r", {**REPOSITORY, "permissions": granted})
    assert github.repository("o/r").permission is permission


def test_a_clone_address_that_would_run_something(scripted, github):
    scripted.on("GET", "/repos/o/r", {**REPOSITORY, "clone_url": "ext::sh -c x"})
    with pytest.raises(ForgeError, match="clone_url"):
        github.repository("o/r")


def test_create_fork(scripted, github):
    fork = {**REPOSITORY, "full_name": "paul/r", "fork": True, "parent": {"full_name": "o/r"}}
    scripted.on("POST", "/repos/o/r/forks", fork, status=202)
    made = github.create_fork("o/r")
    assert (made.full_name, made.is_fork, made.parent) == ("paul/r", True, "o/r")
    assert len(scripted.asked) == 1


@pytest.mark.parametrize(("into", "more"), [("Paul/x", {}), ("org/x", {"organization": "org"})])
def test_a_fork_has_the_place_that_is_given(scripted, github, into, more):
    scripted.on("GET", "/user", {"login": "paul"})
    fork = {**REPOSITORY, "full_name": into, "fork": True, "parent": {"full_name": "o/r"}}
    scripted.on("POST", "/repos/o/r/forks", fork, status=202)
    assert github.create_fork("o/r", into).full_name == into
    assert scripted.asked[-1].body == {"name": "x", **more}


def test_an_opened_pull_is_as_the_forge_answers(scripted, github):
    scripted.on("POST", "/repos/o/r/pulls", opened(7, draft=True), status=201)
    made = open_seven(github)
    assert (made.number, made.draft, made.head, made.head_repository) == (7, True, HEAD, "paul/r")
    assert (made.base_branch, made.base_tip, made.author) == ("master", OTHER, "paul")
    assert scripted.asked[0].body == {
        "base": "master",
        "head": "paul:stack/7",
        "title": "Part 7",
        "body": "why",
        "draft": True,
    }
    assert len(scripted.asked) == 1


@pytest.mark.parametrize("loss", ["dropped", "502", "cut"])
def test_a_lost_answer_to_open_pull_is_looked_up(scripted, github, loss):
    answers = {"502": ({"message": "Bad gateway"}, 502), "cut": (b'{"number": 7', 201)}
    if loss == "dropped":
        scripted.lose("POST", "/repos/o/r/pulls")
    else:
        scripted.on("POST", "/repos/o/r/pulls", answers[loss][0], status=answers[loss][1])
    closed = pull(5, state="CLOSED")
    elsewhere = pull(6, baseRefName="3.8")
    scripted.on("POST", "/graphql", graph(h0=page(elsewhere, closed, pull(7))))
    assert open_seven(github).number == 7
    assert scripted.count("POST", "/repos/o/r/pulls") == 1


def test_a_lost_answer_and_nothing_there_is_unknown(scripted, github):
    scripted.lose("POST", "/repos/o/r/pulls")
    scripted.on("POST", "/graphql", graph(h0=page(pull(5, state="CLOSED"))))
    with pytest.raises(OutcomeUnknown, match=r"asked to open a pull request from paul:stack/7"):
        open_seven(github)
    assert scripted.count("POST", "/repos/o/r/pulls") == 1


def test_open_pull_refused(scripted, github):
    words = "No commits between master and stack/7"
    scripted.on(
        "POST",
        "/repos/o/r/pulls",
        {"message": "Validation Failed", "errors": [{"message": words}]},
        status=422,
    )
    with pytest.raises(ForgeError, match=words) as caught:
        open_seven(github)
    assert caught.value.exit_code == ExitCode.ERROR
    assert len(scripted.asked) == 1


def test_edit_sends_only_what_is_given(scripted, github):
    scripted.on("PATCH", "/repos/o/r/pulls/7", {"number": 7})
    github.edit_pull("o/r", 7, title="New")
    github.edit_pull("o/r", 7, body="", state=PullState.CLOSED)
    assert [asked.body for asked in scripted.asked] == [
        {"title": "New"},
        {"body": "", "state": "closed"},
    ]


def draft_answer(mutation, draft):
    return {"data": {mutation: {"pullRequest": {"isDraft": draft}}}}


def test_set_draft(scripted, github):
    scripted.on("POST", "/graphql", graph(p0=pull(7)))
    seven = github.pull("o/r", 7)
    scripted.answers.clear()
    scripted.on("POST", "/graphql", draft_answer("convertPullRequestToDraft", True))
    github.set_draft(seven, True)
    asked = scripted.asked[-1].body
    assert "convertPullRequestToDraft" in asked["query"]
    assert asked["variables"] == {"input": {"pullRequestId": "PR_7"}}
    scripted.answers.clear()
    scripted.on("POST", "/graphql", draft_answer("markPullRequestReadyForReview", True))
    with pytest.raises(ForgeError, match="and did not"):
        github.set_draft(seven, False)


def test_set_draft_looks_when_the_answer_is_lost(scripted, github):
    scripted.on("POST", "/graphql", graph(p0=pull(7)))
    scripted.lose("POST", "/graphql")
    scripted.on("POST", "/graphql", graph(p0=pull(7, isDraft=True)))
    seven = github.pull("o/r", 7)
    github.set_draft(seven, True)
    scripted.answers.clear()
    scripted.lose("POST", "/graphql")
    scripted.on("POST", "/graphql", graph(p0=pull(7)))
    with pytest.raises(OutcomeUnknown):
        github.set_draft(seven, True)


def test_set_draft_refused(scripted, github):
    scripted.on("POST", "/graphql", graph(p0=pull(7)))
    seven = github.pull("o/r", 7)
    scripted.answers.clear()
    refusal = {"type": "FORBIDDEN", "message": "paul does not have the correct permissions"}
    scripted.on("POST", "/graphql", {"data": None, "errors": [refusal]})
    with pytest.raises(ForgeError, match="correct permissions"):
        github.set_draft(seven, True)


def test_comments(scripted, github):
    made = {"id": 31, "user": {"login": "paul"}, "body": "hi"}
    scripted.on("POST", "/repos/o/r/issues/7/comments", made, status=201)
    scripted.on("PATCH", "/repos/o/r/issues/comments/31", made)
    assert github.comment("o/r", 7, "hi").id == 31
    github.edit_comment("o/r", 31, "ho")
    assert [asked.body for asked in scripted.asked] == [{"body": "hi"}, {"body": "ho"}]


def test_a_lost_comment_is_not_made_twice(scripted, github):
    scripted.lose("POST", "/repos/o/r/issues/7/comments")
    said = [
        {"databaseId": n, "body": body, "author": {"login": who}, "viewerDidAuthor": who == "paul"}
        for n, body, who in ((30, "hi", "eve"), (31, "hi", "paul"), (32, "ho", "paul"))
    ]
    scripted.on("POST", "/graphql", graph(p0=pull(7, comments=page(*said))))
    assert github.comment("o/r", 7, "hi").id == 31
    assert scripted.count("POST", "/repos/o/r/issues/7/comments") == 1


def test_a_comment_that_is_not_there_may_still_come(scripted, github):
    scripted.lose("POST", "/repos/o/r/issues/7/comments")
    scripted.on("POST", "/graphql", graph(p0=pull(7)))
    with pytest.raises(OutcomeUnknown):
        github.comment("o/r", 7, "hi")
    assert scripted.count("POST", "/repos/o/r/issues/7/comments") == 1


def merge_seven(github):
    return github.merge("o/r", 7, sha=HEAD, method=MergeMethod.SQUASH, title="T (#7)", message="M")


def test_merge(scripted, github):
    scripted.on("PUT", "/repos/o/r/pulls/7/merge", {"sha": OTHER, "merged": True, "message": "ok"})
    assert merge_seven(github) == MergeDone(OTHER)
    assert scripted.asked[0].body == {
        "sha": HEAD,
        "merge_method": "squash",
        "commit_title": "T (#7)",
        "commit_message": "M",
    }
    assert len(scripted.asked) == 1


@pytest.mark.parametrize("status", [403, 405, 409, 422])
def test_merge_refused(scripted, github, status):
    scripted.on("PUT", "/repos/o/r/pulls/7/merge", {"message": "Not so"}, status=status)
    assert merge_seven(github) == MergeRefused(status, "Not so")


def test_a_pause_is_no_refusal_to_merge(scripted, github):
    words = "You have exceeded a secondary rate limit."
    scripted.on("PUT", "/repos/o/r/pulls/7/merge", {"message": words}, status=403)
    with pytest.raises(ForgeError, match="secondary rate limit") as caught:
        merge_seven(github)
    assert "pause" in caught.value.hint


@pytest.mark.parametrize("status", [0, 500, 504])
def test_a_lost_merge_is_unknown_and_asked_once(scripted, github, status):
    if status:
        scripted.on("PUT", "/repos/o/r/pulls/7/merge", {"message": "Oops"}, status=status)
    else:
        scripted.lose("PUT", "/repos/o/r/pulls/7/merge")
    with pytest.raises(OutcomeUnknown) as caught:
        merge_seven(github)
    assert caught.value.exit_code == ExitCode.UNKNOWN
    assert len(scripted.asked) == 1


def test_set_status(scripted, github):
    scripted.on("POST", f"/repos/o/r/statuses/{HEAD}", {"id": 1}, status=201)
    github.set_status("o/r", HEAD, context="gate", state=CIState.PENDING, description="waits")
    assert scripted.asked[0].body == {
        "state": "pending",
        "context": "gate",
        "description": "waits",
    }
    assert len(scripted.asked) == 1


def rest_status(context, state):
    return {"context": context, "state": state, "description": None, "creator": {"login": "bot"}}


def test_ci_results_follow_pages_and_keep_the_newest(scripted, github):
    commit = f"/repos/o/r/commits/{HEAD}"
    many = [rest_status(f"c{i}", "success") for i in range(100)]
    evil = {"Link": '<http://evil.example/next>; rel="next"'}
    scripted.on("GET", f"{commit}/statuses?page=1&per_page=100", many, headers=evil)
    older = [rest_status("c0", "failure"), rest_status("last", "error")]
    scripted.on("GET", f"{commit}/statuses?page=2&per_page=100", older)
    runs = [
        {"id": 1, "name": "build", "status": "completed", "conclusion": "success"},
        {"id": 3, "name": "build", "status": "queued", "conclusion": None},
        {"id": 2, "name": "build", "status": "completed", "conclusion": "failure"},
        {
            "id": 4,
            "name": "docs",
            "status": "completed",
            "conclusion": "skipped",
            "app": {"id": 9, "slug": "actions"},
            "output": {"title": "no change"},
        },
    ]
    scripted.on("GET", f"{commit}/check-runs", {"total_count": 4, "check_runs": runs})
    found = github.ci_results("o/r", HEAD)
    assert len(found) == 103
    assert found[0] == CIResult("c0", CISource.STATUS, CIState.SUCCESS, "", "bot")
    assert found[100] == CIResult("last", CISource.STATUS, CIState.FAILURE, "", "bot")
    assert found[101:] == (
        CIResult("build", CISource.CHECK_RUN, CIState.PENDING, "", ""),
        CIResult("docs", CISource.CHECK_RUN, CIState.SKIPPED, "no change", "actions", app=9),
    )
    assert len(scripted.asked) == 3


RULES = {
    "required_status_checks": {"strict": True, "contexts": ["a"], "checks": [{"context": "b"}]},
    "required_pull_request_reviews": {"required_approving_review_count": 2},
    "enforce_admins": {"enabled": True},
    "required_linear_history": {"enabled": False},
}


def test_protection_as_an_admin_sees_it(scripted, github):
    scripted.on("GET", "/repos/o/r/branches/rel%2F3.8/protection", RULES)
    assert github.protection("o/r", "rel/3.8") == Protection(
        required_checks=(RequiredCheck("a"), RequiredCheck("b")),
        strict=True,
        approvals=2,
        enforce_admins=True,
        linear=False,
        through_pulls=True,
        complete=True,
    )


def test_an_admin_sees_whether_the_newest_push_must_be_approved(scripted, github):
    reviews = RULES["required_pull_request_reviews"] | {"require_last_push_approval": True}
    path = "/repos/o/r/branches/main/protection"
    scripted.on("GET", path, RULES | {"required_pull_request_reviews": reviews})
    found = github.protection("o/r", "main")
    assert found is not None
    assert found.newest_push


@pytest.mark.parametrize("status", [403, 404])
def test_protection_as_everybody_sees_it(scripted, github, status):
    scripted.on("GET", "/repos/o/r/branches/main/protection", {"message": "No"}, status=status)
    summary = {"protected": True, "protection": {"required_status_checks": {"contexts": ["a"]}}}
    scripted.on("GET", "/repos/o/r/branches/main", summary)
    found = github.protection("o/r", "main")
    assert found.required_checks == (RequiredCheck("a"),)
    assert not found.complete


def test_an_unprotected_branch_and_none_at_all(scripted, github):
    scripted.on("GET", "/repos/o/r/branches/main", {"protected": False})
    assert github.protection("o/r", "main") is None
    with pytest.raises(ForgeError, match="cannot read the protection of gone"):
        github.protection("o/r", "gone")
