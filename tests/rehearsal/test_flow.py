"""`submit --rehearse`: it does all, and changes nothing."""

from __future__ import annotations

import json
import shutil
import urllib.request
from pathlib import Path

from submit_world import UPSTREAM, git, kinds

from stacker.hub.server import start


def untouched(world):
    """Every byte of the series directory but the rehearsal's own; what the forge has."""
    files = {
        path.relative_to(world.folder): path.read_bytes()
        for path in sorted(world.folder.rglob("*"))
        if path.is_file() and "rehearsal" not in path.parts
    }
    pulls = [
        (p["number"], p["title"], p["body"], p["state"], p["draft"], p["updated_at"])
        for p in world.pulls()
    ]
    return files, pulls, world.branches() if world.fork.is_dir() else None


def rehearse(world, *args, code=0):
    """Rehearse, which must change nothing that is not its own."""
    before = untouched(world)
    world.door.seen.clear()
    ran = world.run("submit", "--rehearse", *args)
    assert ran.code == code, (ran.out, ran.err)
    assert world.door.writes == []
    assert untouched(world) == before
    return ran.document


def outcome(document):
    """What a submit says it has done, without the addresses of the forge."""
    return document["actions"], [p | {"url": ""} for p in document["pulls"]], document["notes"]


def test_the_first_submit_is_done_as_it_will_be(make):
    world = make(ids="ab")
    said = rehearse(world)
    assert kinds(said) == ["push", "open", "open", "edit", "edit"]
    there = said["rehearsal"]
    assert there["serve"].endswith(f"--port {there['api'].partition('/api')[0].rpartition(':')[2]}")
    with start(Path(there["root"]), []) as hub:
        shown = [look(hub, there, address) for address in there["pulls"]]
    real = world.submit()
    assert outcome(real) == outcome(said)
    for one, pull in zip(shown, world.pulls()[::-1], strict=True):
        assert [one[k] for k in ("number", "title", "body", "draft")] == [
            pull[k] for k in ("number", "title", "body", "draft")
        ]
        assert one["head"]["sha"] == pull["head"]["sha"]
        assert one["base"]["sha"] == pull["base"]["sha"]


def look(hub, there, address):
    with urllib.request.urlopen(hub.api + address.removeprefix(there["api"])) as answer:
        return json.loads(answer.read())


def test_what_others_did_is_there_too(make):
    world = make(submitted=True)
    world.plan({"a": [], "b": ["a"], "c": []})
    world.approve("a")  # so b becomes ready
    world.change("c", state="closed")
    world.change("a", title="Their title")
    number = world.lock.stage("a").pull
    world.ask("POST", f"/repos/{UPSTREAM}/issues/{number}/comments", {"body": "Hm."}, "zed")
    world.edit_patch("b", b"@@ -0,0 +1 @@\n+", b"@@ -0,0 +1 @@\n+more ")  # by hand: a version
    world.drift("meanwhile")
    said = rehearse(world)
    assert {"push", "edit"} <= set(kinds(said))
    assert outcome(world.submit()) == outcome(said)


def test_a_stage_that_was_merged_and_one_that_was_taken_out(make):
    world = make(submitted=True)
    world.ask("PUT", f"/repos/{UPSTREAM}/pulls/{world.lock.stage('a').pull}/merge", {}, "up")
    world.plan({"a": [], "b": []})
    said = rehearse(world)
    assert {"draft", "comment"} & set(kinds(said))
    assert outcome(world.submit()) == outcome(said)
    again = rehearse(world, "--close", "c")
    assert kinds(again) == ["close"]


def test_what_stops_the_real_one_stops_it(make):
    world = make(submitted=True)
    world.push_foreign("s/b")
    said = rehearse(world, code=5)
    assert said["foreign"] == world.run("submit").document["foreign"] != []


def test_a_fork_that_is_not_there_is_made_in_the_copy(make):
    world = make(ids="ab")
    shutil.rmtree(world.fork)
    assert "no porter/proj" in rehearse(world, code=1)["error"]["message"]
    assert kinds(rehearse(world, "--create-fork"))[:2] == ["fork", "push"]


def test_branches_of_upstream_itself(make):
    world = make(fork="", ids="a")
    said = rehearse(world)
    assert outcome(world.submit()) == outcome(said)
    assert git(world.upstream.path, "for-each-ref", "refs/heads/s") != ""


def test_two_branches_of_one_upstream(make):
    world = make(ids="ab")
    git(world.upstream.path, "branch", "old", "master")
    more = f'[repositories.old]\nupstream = "{UPSTREAM}"\nbranch = "old"\nfork = "porter/proj"\n'
    world.plan({"a": [], "b": ["a"]}, more=more)
    world.submit()
    world.text("b", "# Another title\n")
    said = rehearse(world)
    assert kinds(said) == ["edit", "edit"]
    assert outcome(world.submit()) == outcome(said)


def test_a_person_is_told_where_to_look(make):
    world = make(ids="ab")
    ran = world._run("submit", "--rehearse", cwd=world.folder)
    assert ran.code == 0
    lines = ran.out.splitlines()
    assert lines[0] == "Rehearsed on a copy; the forge and the series are as they were."
    assert lines[1] == "  push   proj: s/a, s/b"
    assert lines[-4] == "To look at it:"
    assert lines[-3].startswith("  stacker hub serve --root ")
    assert lines[-1].endswith(f"/api/v3/repos/{UPSTREAM}/pulls/2")
    assert world.run("submit", "--rehearse", "--dry-run").code == 2
