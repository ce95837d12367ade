"""One submit for stages of two repositories of the forge, which need each other across."""

from __future__ import annotations

import pytest
from submit_world import UPSTREAM, git, kinds

from stacker.hub.faults.rules import Before, Reply, Rule

DEPS = (
    '[repositories.deps]\nupstream = "up/deps"\nbranch = "master"\nfork = "porter/deps"\n'
    'publish = "append"\n'
)


@pytest.fixture
def two(make):
    """`x` goes to `deps` and needs `a`; `b` needs `x`."""
    world = make(ids="ab")
    world.second("deps")
    world.plan({"a": [], "x": ["a"], "b": ["a", "x"]}, more=DEPS)
    text = world.plan_text().replace('id = "x"', 'id = "x"\nrepository = "deps"')
    (world.folder / "series.toml").write_text(text, encoding="utf-8", newline="\n")
    tip = world.clone.add("x", ("x", {"x.txt": "x\n"}), start="start")
    span = f"{world.clone['start']}..{tip}"
    world.good("import", span, "--from", world.clone.path, "--stage", "x", "--repository", "deps")
    return world


def bodies(world):
    found = world.ask("GET", "/repos/up/deps/pulls?state=all") + world.pulls()
    return {one["head"]["ref"].removeprefix("s/"): one["body"] for one in found}


def pushes(world):
    return [path for method, path, _ in world.door.seen if method == "PUSH"]


def test_each_text_links_the_others_with_their_state(two):
    said = two.submit()
    assert kinds(said)[:5] == ["push", "push", "open", "open", "open"]
    assert [(p["stage"], p["repository"], p["number"]) for p in said["pulls"]] == [
        ("a", UPSTREAM, 1), ("x", "up/deps", 1), ("b", UPSTREAM, 2),
    ]  # fmt: skip
    assert sorted(pushes(two)) == [
        "/porter/deps.git/git-receive-pack", "/porter/proj.git/git-receive-pack",
    ]  # fmt: skip
    told = bodies(two)
    assert " · needs #1, up/deps#1 (open)\n" in told["b"]
    assert "\n2. up/deps#1 x (open)\n" in told["b"]
    assert " · needs up/proj#1 (open)\n" in told["x"]
    assert "\n1. up/proj#1 a (open)\n" in told["x"]
    assert two.submit()["actions"] == []
    two.ask("PATCH", "/repos/up/deps/pulls/1", {"state": "closed"}, "up")
    two.submit()
    assert " · needs #1, up/deps#1 (closed)\n" in bodies(two)["b"]


def test_a_repository_without_the_right_to_push_stops_it_before_any_is_written_to(two):
    text = two.plan_text().replace('fork = "porter/deps"\npublish = "append"\n', "")
    (two.folder / "series.toml").write_text(text, encoding="utf-8", newline="\n")
    two.door.seen.clear()
    for more in ([], ["--dry-run"]):
        ran = two.run("submit", *more)
        assert ran.code == 1
        assert ran.document["error"]["message"] == (
            "this token may not push to up/deps; nothing was done anywhere"
        )
        assert "Stages that need nothing there go out alone" in ran.document["error"]["hint"]
    assert (two.door.writes, two.branches(), two.pulls()) == ([], {}, [])
    assert [p["stage"] for p in two.submit("a")["pulls"]] == ["a"]


def test_one_that_refuses_all_the_same_is_told_and_the_next_run_finishes(two):
    two.hub.faults.set(Rule(Before(Reply(403)), path="/porter/deps.git/git-receive-pack"))
    ran = two.run("submit")
    assert ran.code == 1
    error = ran.document["error"]
    assert error["message"].startswith("the push to porter/deps was refused: ")
    assert "pushed to proj before is there" in error["hint"]
    assert (sorted(two.branches()), two.pulls()) == (["s/a", "s/b"], [])
    heads = two.branches()
    said = two.submit()
    assert [(a["kind"], a["repository"]) for a in said["actions"] if a["kind"] == "push"] == [
        ("push", "deps")
    ]
    assert two.branches() == heads
    assert len(said["pulls"]) == 3
    assert two.submit()["actions"] == []
    assert git(two.root / "hub" / "porter" / "deps.git", "rev-parse", "s/x")
