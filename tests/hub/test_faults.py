"""What the hub makes go wrong when it is told to, as clients see it."""

from __future__ import annotations

import pytest
from hub_world import World, git, good

from stacker.hub.faults.rules import (
    After,
    Altered,
    Asked,
    Before,
    Reply,
    Rule,
    Slow,
    Stale,
    Truncated,
)

R = "/api/v3/repos/guido/cpython"
PUSH = "/*/cpython.git/git-receive-pack"
BROKEN = Reply(502, {"message": "Server Error"})


@pytest.fixture
def pull(world, forked):
    return world.propose(forked, "ctypes", {"a": "1"})


def say(world, text="Hello"):
    """A comment: its status, or None when the connection ended without an answer."""
    try:
        return world.ask("POST", f"{R}/issues/1/comments", {"body": text}, name="zooba")[0]
    except OSError:
        return None


def said(world):
    return [each["body"] for each in world.ask("GET", f"{R}/issues/1/comments")[2]]


@pytest.mark.parametrize(
    ("fault", "status", "left"),
    [
        (Before(), None, []),
        (Before(BROKEN), 502, []),
        (Before(Reply(503)), 503, []),
        (After(), None, ["Hello"]),
        (After(BROKEN), 502, ["Hello"]),
    ],
)
def test_before_the_effect_and_after_it(world, pull, fault, status, left):
    rule = Rule(fault, "POST", "/repos/*/*/issues/*/comments")
    world.hub.faults.set(rule)
    assert say(world) == status
    assert said(world) == left
    assert world.hub.faults.struck == (rule,)
    assert say(world, "Again") == 201


def test_the_reply_is_what_the_rule_says(world, pull):
    reply = Reply(422, {"message": "No."}, {"X-Why": "so"})
    world.hub.faults.set(Rule(Before(reply), "GET", "/repos/guido/cpython/pulls/1"))
    status, headers, body = world.ask("GET", f"{R}/pulls/1")
    assert (status, headers["X-Why"], body) == (422, "so", {"message": "No."})


@pytest.mark.parametrize(("fault", "arrived"), [(Before(), False), (After(), True)])
def test_a_push_whose_connection_is_lost(world, work, fault, arrived):
    work.commit({"a": "1"})
    world.hub.faults.set(Rule(fault, path=PUSH))
    ran = git("push", world.url("guido"), "master", cwd=work.folder)
    assert ran.code != 0
    assert (world.tip() == work.oid("master")) is arrived
    world.pushed(work, "guido", "master")
    assert world.tip() == work.oid("master")


def test_a_slow_answer_is_a_true_one(tmp_path):
    waited = []
    world = World(tmp_path, pause=waited.append)
    world.make()
    world.hub.faults.set(Rule(Slow(20), "GET", times=2))
    assert [world.ask("GET", R)[0] for _ in range(3)] == [200, 200, 200]
    assert waited == [20, 20]
    world.close()


def test_a_stale_read_does_not_know_of_the_last_changes(world, forked, pull):
    world.hub.faults.set(Rule(Stale(2), "GET", f"{R[7:]}/**", times=None))
    first = world.tip("ctypes", "paulmon/cpython")
    assert say(world, "one") == say(world, "two") == 201
    assert said(world) == []
    forked.git("checkout", "-q", "ctypes")
    forked.commit({"a": "2"})
    world.pushed(forked, "paulmon", "ctypes", to="paulmon/cpython")
    assert said(world) == ["one"]
    assert world.ask("GET", f"{R}/pulls/1")[2]["head"]["sha"] == first
    assert world.ask("PATCH", f"{R}/pulls/1", {"title": "T"}, name="paulmon")[0] == 200
    assert say(world, "three") == 201
    shown = world.ask("GET", f"{R}/pulls/1")[2]
    assert (shown["title"], shown["head"]["sha"]) == ("About ctypes", forked.oid("ctypes"))
    assert said(world) == ["one", "two"]


def test_a_branch_that_was_pushed_is_not_seen_yet(world, work):
    world.hub.faults.set(Rule(Stale(), path="/guido/cpython.git/**", times=None))
    world.pushed(work, "guido", "master:new")
    assert git("ls-remote", world.url(None), "new", cwd=work.folder).out == ""
    world.hub.faults.set()
    assert git("ls-remote", world.url(None), "new", cwd=work.folder).out != ""


def test_a_stale_answer_by_graphql(world, pull):
    query = '{ repository(owner: "guido", name: "cpython") { pullRequest(number: 1) { state } } }'

    def state():
        answer = world.ask("POST", "/api/graphql", {"query": query}, name="zooba")[2]
        return answer["data"]["repository"]["pullRequest"]["state"]

    world.hub.faults.set(Rule(Stale(), path="/graphql"))
    assert world.ask("PUT", f"{R}/pulls/1/merge", {}, name="guido")[0] == 200
    assert [state(), state()] == ["OPEN", "MERGED"]


def test_nothing_is_older_than_the_first_change(world, pull):
    world.hub.faults.set(Rule(Stale(9), "GET", times=None))
    assert said(world) == []
    say(world)
    assert said(world) == []
    world.hub.faults.set()
    assert said(world) == ["Hello"]


def test_lists_that_end_too_soon(world, pull):
    for text in "abc":
        say(world, text)
    path = f"{R}/issues/1/comments?per_page=2"
    world.hub.faults.set(
        Rule(Truncated(items=1), path="/**/comments"),
        Rule(Truncated(link=False), path="/**/comments", nth=2),
    )
    _, headers, cut = world.ask("GET", path)
    assert [each["body"] for each in cut] == ["a"]
    assert 'rel="next"' in headers["Link"]
    _, headers, whole = world.ask("GET", path)
    assert ([each["body"] for each in whole], headers["Link"]) == (["a", "b"], None)
    assert 'rel="next"' in world.ask("GET", path)[1]["Link"]


def test_a_list_inside_an_object_ends_too_soon_too(world, pull):
    for name in ("build", "docs"):
        world.quick("guido").create_check_run(name, pull.head.sha)
    world.hub.faults.set(Rule(Truncated(items=1), path="/**/check-runs"))
    cut = world.ask("GET", f"{R}/commits/{pull.head.sha}/check-runs")[2]
    assert (cut["total_count"], [each["name"] for each in cut["check_runs"]]) == (2, ["docs"])


def test_a_wrong_merged_flag(world, pull):
    world.hub.faults.set(
        Rule(Altered({"merged": False}), "GET", "/repos/*/*/pulls/*"),
        Rule(Altered({"merged": True, "state": "MERGED"}), path="/graphql"),
    )
    assert world.ask("PUT", f"{R}/pulls/1/merge", {}, name="guido")[2]["merged"]
    _, headers, shown = world.ask("GET", f"{R}/pulls/1")
    assert (shown["merged"], shown["state"], headers["ETag"]) == (False, "closed", None)
    assert world.ask("GET", f"{R}/pulls/1")[2]["merged"]
    query = """{ repository(owner: "guido", name: "cpython") {
      pullRequests(first: 9) { nodes { merged state } } } }"""
    answer = world.ask("POST", "/api/graphql", {"query": query}, name="zooba")[2]
    [node] = answer["data"]["repository"]["pullRequests"]["nodes"]
    assert node == {"merged": True, "state": "MERGED"}


def test_a_wrong_answer_is_sent_though_the_true_one_is_known(world, pull):
    _, headers, _ = world.ask("GET", f"{R}/pulls/1")
    known = {"If-None-Match": headers["ETag"]}
    assert world.ask("GET", f"{R}/pulls/1", headers=known)[0] == 304
    world.hub.faults.set(Rule(Altered({"merged": True})))
    assert world.ask("GET", f"{R}/pulls/1", headers=known)[2]["merged"]


def test_a_pack_is_not_what_is_altered(world, work, tmp_path):
    world.hub.faults.set(Rule(Altered({"merged": True}), times=None))
    good("clone", "-q", f"{world.hub.url}/guido/cpython", "copy", cwd=tmp_path)
    assert good("rev-parse", "HEAD", cwd=tmp_path / "copy") == world.tip()


def test_the_first_rule_whose_turn_it_is_strikes(world, work):
    one, two = Rule(Before(Reply(500)), nth=2), Rule(Before(Reply(501)), times=2)
    world.hub.faults.set(one, two)
    assert [world.ask("GET", R)[0] for _ in range(3)] == [501, 500, 200]
    assert world.hub.faults.struck == (two, one)


ASKED = Asked("POST", "/repos/up/proj/pulls", "Ann", b'{"head": "ann:a"}', writes=True)


@pytest.mark.parametrize(
    ("rule", "fits"),
    [
        (Rule(Before()), True),
        (Rule(Before(), "POST", "/repos/*/*/pulls", "ann", '"ann:a"'), True),
        (Rule(Before(), path="/repos/**"), True),
        (Rule(Before(), path="/**/pulls"), True),
        (Rule(Before(), path="/repos/*"), False),
        (Rule(Before(), path="/repos/*/pulls"), False),
        (Rule(Before(), path="/repos/up/proj/pull."), False),
        (Rule(Before(), "GET"), False),
        (Rule(Before(), actor="bob"), False),
        (Rule(Before(), contains="ann:b"), False),
        (Rule(Stale()), False),
    ],
)
def test_which_requests_fit_a_rule(rule, fits):
    assert rule.fits(ASKED) is fits


@pytest.mark.parametrize(
    ("nth", "times", "struck"),
    [(1, 1, [1]), (2, 1, [2]), (2, 2, [2, 3]), (1, None, [1, 2, 3, 4]), (3, None, [3, 4])],
)
def test_how_often_a_rule_strikes(nth, times, struck):
    rule = Rule(Before(), nth=nth, times=times)
    assert [count for count in range(1, 5) if rule.strikes(count)] == struck
