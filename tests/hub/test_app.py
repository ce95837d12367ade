"""The door for HTTP: headers, limits, refusals of what nobody can answer."""

from __future__ import annotations

import pytest
from github import RateLimitExceededException
from hub_world import WHEN, World

from stacker.hub.call import Limits

R = "/api/v3/repos/guido/cpython"


def test_who_am_i(world):
    status, headers, user = world.ask("GET", "/api/v3/user", name="zooba")
    assert (status, user["login"]) == (200, "zooba")
    assert headers["X-GitHub-Api-Version-Selected"] == "2022-11-28"
    assert len(headers["X-GitHub-Request-Id"]) == 32
    assert world.client("zooba").get_user("mariatta").login == "mariatta"


def test_nobody_is_asked_to_say_who_they_are(world, work):
    assert world.ask("GET", "/api/v3/user")[0] == 401
    assert world.ask("POST", f"{R}/forks", {})[0] == 401
    assert world.ask("GET", R)[2]["full_name"] == "guido/cpython"
    assert world.ask("POST", "/api/graphql", {"query": "{viewer{login}}"})[0] == 401


def test_a_bad_token_is_refused_even_where_nobody_may_read(world, work):
    status, _, body = world.ask("GET", R, headers={"Authorization": "token nonsense"})
    assert (status, body["message"], body["status"]) == (401, "Bad credentials", "401")
    assert body["documentation_url"].startswith("https://docs.github.com")


@pytest.mark.parametrize(
    "path",
    ["/", "/api/v3", "/api/v3/nothing", f"{R}/nothing", "/api/v3/repos/guido/none",
     "/api/v3/users/nobody", f"{R}/pulls/99", f"{R}/pulls/x", f"{R}/branches/none"],
)  # fmt: skip
def test_what_is_not_there(world, work, path):
    assert world.ask("GET", path)[0] == 404


def test_another_verb_is_not_there_either(world, work):
    assert world.ask("DELETE", f"{R}/pulls", name="guido")[0] == 404


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"{", "Problems parsing JSON"),
        (b"\xff", "Problems parsing JSON"),
        (b'"text"', "Body should be a JSON object"),
        (b"[" * 100_000, "Problems parsing JSON"),
    ],
)
def test_a_body_that_is_no_json_object(world, work, body, said):
    status, _, answer = world.ask("PATCH", R, body, name="guido")
    assert (status, answer["message"]) == (400, said)


def test_a_body_too_large_is_refused(world, work):
    assert world.ask("PATCH", R, b" " * 10_000_001, name="guido")[0] == 413


def test_addresses_follow_the_callers_host(world, work):
    host = {"Host": "forge.example.org:8080"}
    _, _, shown = world.ask("GET", R, headers=host)
    assert shown["url"] == "http://forge.example.org:8080/api/v3/repos/guido/cpython"
    assert shown["clone_url"] == "http://forge.example.org:8080/guido/cpython.git"


def test_what_has_not_changed_is_not_sent_again(world, work):
    _, headers, _ = world.ask("GET", R, name="guido")
    same = {"If-None-Match": headers["ETag"]}
    status, again, body = world.ask("GET", R, name="guido", headers=same)
    assert (status, again["ETag"], body) == (304, headers["ETag"], None)
    world.repo("guido").edit(allow_rebase_merge=False)
    assert world.ask("GET", R, name="guido", headers=same)[0] == 200


def test_what_has_not_changed_costs_nothing(world, work):
    # https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api#use-conditional-requests-if-appropriate
    _, headers, _ = world.ask("GET", R, name="guido")
    same = {"If-None-Match": headers["ETag"]}
    for _ in range(3):
        status, headers, _ = world.ask("GET", R, name="guido", headers=same)
        assert (status, headers["X-RateLimit-Used"]) == (304, "1")
    _, headers, _ = world.ask("GET", "/api/v3/rate_limit", name="guido")
    same = {"If-None-Match": headers["ETag"]}
    assert world.ask("GET", "/api/v3/rate_limit", name="guido", headers=same)[0] == 304
    assert world.ask("GET", R, name="guido")[1]["X-RateLimit-Used"] == "2"


def test_calls_are_counted_for_each_user(world, work):
    reset = int(WHEN.timestamp()) // 3600 * 3600 + 3600
    _, headers, _ = world.ask("GET", R, name="zooba")
    _, headers, _ = world.ask("GET", R, name="zooba")
    assert headers["X-RateLimit-Limit"] == "5000"
    assert headers["X-RateLimit-Used"] == "2"
    assert headers["X-RateLimit-Remaining"] == "4998"
    assert headers["X-RateLimit-Reset"] == str(reset)
    assert headers["X-RateLimit-Resource"] == "core"
    assert world.ask("GET", R)[1]["X-RateLimit-Used"] == "1"
    rate = world.client("zooba").get_rate_limit().rate
    assert (rate.limit, rate.remaining, rate.used) == (5000, 4998, 2)


def test_a_limit_that_is_used_up(tmp_path):
    # https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api
    world = World(tmp_path, limits=Limits(calls_an_hour=2))
    world.make()
    repo = world.repo("zooba")
    repo.get_branch("master")
    with pytest.raises(RateLimitExceededException):
        repo.get_pull(1)
    assert world.ask("GET", "/api/v3/rate_limit", name="zooba")[2]["rate"]["remaining"] == 0
    assert world.ask("GET", R, name="guido")[0] == 200
    world.close()


def test_a_head_request_has_no_body(world, work):
    status, headers, body = world.ask("HEAD", R, name="guido")
    assert (status, body) == (200, None)
    assert int(headers["Content-Length"]) > 1000


def test_lists_come_page_by_page(world, work):
    for number in range(5):
        work.git("branch", f"b{number}")
    world.pushed(work, "guido", "--all")
    _, headers, first = world.ask("GET", f"{R}/branches?per_page=2&page=2")
    assert [each["name"] for each in first] == ["b2", "b3"]
    links = headers["Link"].split(", ")
    assert [link.rpartition("rel=")[2] for link in links] == [
        '"prev"',
        '"first"',
        '"next"',
        '"last"',
    ]
    assert links[2].startswith(f"<{world.hub.url}{R}/branches?per_page=2&page=3>")
    client = world.client("guido")
    client.per_page = 2
    branches = client.get_repo("guido/cpython").get_branches()
    assert [each.name for each in branches] == ["b0", "b1", "b2", "b3", "b4", "master"]
    assert world.ask("GET", f"{R}/branches?page=two")[0] == 422
    assert world.ask("GET", f"{R}/branches?page=99")[2] == []
