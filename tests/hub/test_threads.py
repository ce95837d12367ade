"""What is said of single lines: comments over REST, threads in GraphQL, and where lines move to."""

from __future__ import annotations

import pytest
from github import GithubException

R = "/api/v3/repos/guido/cpython"
LINES = [f"{n}\n" for n in range(1, 21)]
THREADS = """
query Threads($owner: String!, $name: String!) {
  repository(owner: $owner, name: $name) { pullRequest(number: 1) {
    reviewThreads(first: 100) { nodes {
      id isResolved isOutdated path line originalLine diffSide subjectType
      viewerCanResolve resolvedBy { login }
      comments(first: 10) { nodes { body author { login } originalCommit { oid } url } }
    } }
  } }
}
"""
RESOLVE = """
mutation Resolve($id: ID!) {
  resolveReviewThread(input: {threadId: $id}) { thread { isResolved resolvedBy { login } } }
}
"""


def changed(lines=LINES, **changes):
    """The file with some lines (counted from 1) put in place of others."""
    return "".join(changes.get(f"_{n}", line) for n, line in enumerate(lines, 1))


@pytest.fixture
def pull(world, forked):
    """One that changes lines 8 and 9 of a file with 20, and has a file of its own."""
    forked.commit({"f.txt": changed()}, on="master")
    world.pushed(forked, "guido", "master")
    files = {"f.txt": changed(_8="eight\n", _9="nine\n"), "new.txt": "one\ntwo\n"}
    return world.propose(forked, "ctypes", files)


def say(world, pull, text="Why?", who="zooba", *, path="f.txt", line=8, side="RIGHT"):
    body = {"body": text, "commit_id": pull.head.sha, "path": path, "line": line, "side": side}
    return world.ask("POST", f"{R}/pulls/1/comments", body, name=who)


def graph(world, query, variables, who="zooba"):
    body = {"query": query, "variables": variables}
    return world.ask("POST", "/api/graphql", body, name=who)[2]


def threads(world, who="zooba"):
    answer = graph(world, THREADS, {"owner": "guido", "name": "cpython"}, who)
    return answer["data"]["repository"]["pullRequest"]["reviewThreads"]["nodes"]


def push(world, work, files, message="Again"):
    work.git("checkout", "-q", "ctypes")
    work.commit(files, message=message)
    world.pushed(work, "paulmon", "ctypes", to="paulmon/cpython")


def test_a_thread_is_a_comment_on_a_line_and_its_replies(world, pull):
    status, _, made = say(world, pull)
    assert (status, made["line"], made["user"]["login"]) == (201, 8, "zooba")
    assert made["diff_hunk"].endswith("-8\n-9\n+eight")
    mine = world.quick("paulmon").get_pull(1)
    mine.create_review_comment_reply(made["id"], "Because.")
    # PyGithub sends a reply by `in_reply_to` too, as the older address of it does.
    more = {"body": "So there.", "in_reply_to": made["id"]}
    assert world.ask("POST", f"{R}/pulls/1/comments", more, name="guido")[0] == 201
    [thread] = threads(world)
    assert [(c["author"]["login"], c["body"]) for c in thread["comments"]["nodes"]] == [
        ("zooba", "Why?"), ("paulmon", "Because."), ("guido", "So there."),
    ]  # fmt: skip
    first = thread["comments"]["nodes"][0]
    assert (first["url"], first["originalCommit"]) == (made["html_url"], {"oid": pull.head.sha})
    assert [c.body for c in mine.get_review_comments()] == ["Why?", "Because.", "So there."]
    assert mine.get_review_comment(made["id"]).original_commit_id == pull.head.sha
    again = world.repo("zooba").get_pull(1)
    assert (again.review_comments, [r.state for r in again.get_reviews()]) == (3, ["COMMENTED"])


def test_only_lines_that_the_diff_shows(world, pull):
    # https://github.com/mitchspano/sfdx-scan-pull-request/issues/16
    status, _, said = say(world, pull, line=1)
    assert (status, said["errors"][0]["message"]) == (
        422, "pull_request_review_thread.line must be part of the diff",
    )  # fmt: skip
    assert say(world, pull, line=12)[0] == 201  # three lines of context
    assert say(world, pull, line=13)[0] == 422
    assert say(world, pull, path="README", line=1)[0] == 422
    assert say(world, pull, path="a\0b", line=1)[0] == 422
    assert say(world, pull, text=" ")[0] == 422
    assert say(world, pull, side="MIDDLE")[0] == 422
    assert world.ask("GET", f"{R}/pulls/comments/99")[0] == 404
    body = {"body": "x", "commit_id": "1" * 40, "path": "f.txt", "line": 8}
    assert world.ask("POST", f"{R}/pulls/1/comments", body, name="zooba")[0] == 422


def test_a_line_is_followed_until_it_is_gone(world, forked, pull):
    # https://docs.github.com/en/graphql/reference/objects#pullrequestreviewthread
    say(world, pull, "of the eighth")
    say(world, pull, "of the ninth", line=9)
    say(world, pull, "of what went", side="LEFT")
    push(world, forked, {"f.txt": changed(_1="0\n1\n", _8="eight\n", _9="NINE\n")})
    found = [(t["line"], t["originalLine"], t["isOutdated"], t["diffSide"]) for t in threads(world)]
    assert found == [
        (9, 8, False, "RIGHT"), (None, 9, True, "RIGHT"), (8, 8, False, "LEFT"),
    ]  # fmt: skip
    [first, second, _] = world.quick("zooba").get_pull(1).get_review_comments()
    assert (first.commit_id != pull.head.sha, second.commit_id) == (True, pull.head.sha)
    push(world, forked, {"f.txt": changed()}, "Taken back")  # nothing of the file is shown now
    assert [t["line"] for t in threads(world)] == [None, None, None]


def test_who_may_resolve(world, pull):
    # https://docs.github.com/en/pull-requests/collaborating-with-pull-requests/reviewing-changes-in-pull-requests/commenting-on-a-pull-request#resolving-conversations
    say(world, pull)
    [thread] = threads(world)
    assert (thread["isResolved"], thread["viewerCanResolve"]) == (False, False)
    assert threads(world, "paulmon")[0]["viewerCanResolve"] is True
    refused = graph(world, RESOLVE, {"id": thread["id"]})
    assert refused["errors"][0]["type"] == "FORBIDDEN"
    done = graph(world, RESOLVE, {"id": thread["id"]}, "paulmon")["data"]["resolveReviewThread"]
    assert done["thread"] == {"isResolved": True, "resolvedBy": {"login": "paulmon"}}
    assert threads(world, "paulmon")[0]["viewerCanResolve"] is False
    unknown = graph(world, RESOLVE, {"id": "PRRT_00000099"}, "paulmon")
    assert unknown["errors"][0]["type"] == "NOT_FOUND"


def test_a_reply_goes_to_the_first_of_a_thread(world, pull):
    _, _, made = say(world, pull)
    mine = world.quick("paulmon").get_pull(1)
    reply = mine.create_review_comment_reply(made["id"], "Because.")
    with pytest.raises(GithubException) as caught:
        mine.create_review_comment_reply(reply.id, "To a reply")
    assert caught.value.status == 404


def test_a_comparison_as_a_diff(world, forked, pull):
    # https://docs.github.com/rest/commits/commits#compare-two-commits
    accept = {"Accept": "application/vnd.github.diff"}
    spec = f"{pull.base.sha}...{pull.head.sha}"
    _, headers, _ = world.ask("GET", f"{R}/compare/{spec}", headers=accept)
    assert headers["Content-Type"] == "application/vnd.github.diff; charset=utf-8"
    text = world.client("zooba").requester.requestJsonAndCheck(
        "GET", f"/repos/guido/cpython/compare/{spec}", headers=accept
    )[1]["data"]
    assert text == forked.git("diff", "--full-index", pull.base.sha, pull.head.sha) + "\n"
