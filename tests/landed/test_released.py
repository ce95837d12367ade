"""The first release that contains a landing: `landed` tells it, `rebase` keeps it for `status`."""

from __future__ import annotations

import os
import subprocess

import pytest
from landed_world import LINES, ONE, drift, port
from world import stages

from stacker.series.lock import parse


@pytest.fixture
def world(once, run_stacker, history):
    """Upstream has taken `one`; the series does not know yet."""
    made = once("a port", lambda folder: port(folder, run_stacker, history))
    drift(made, "before")
    made.upstream.add("master", ("L1", ONE))
    drift(made, "after")
    return made


def tag(world, name, rev, day=None):
    """An annotated tag of that day of April 2019; a lightweight one without."""
    env = {**os.environ, "GIT_COMMITTER_DATE": f"2019-04-{day or 1:02}T12:00:00Z",
           "GIT_COMMITTER_NAME": "R", "GIT_COMMITTER_EMAIL": "r@example.org"}  # fmt: skip
    kind = [] if day is None else ["-a", "-m", "release"]
    oid = world.upstream.oids.get(rev, rev)
    subprocess.run([b"git", b"tag", *(k.encode() for k in kind), os.fsencode(name), oid.encode()],
                   cwd=world.upstream.path, env=env, check=True)  # fmt: skip


def release(world, stage="one"):
    found = {one["id"]: one for one in world.stacker("landed")["stages"]}
    return found[stage]["release"]


def status(world, stage="one"):
    return next(one for one in world.stacker("status")["stages"] if one["id"] == stage)


def test_none_yet(world):
    tag(world, "v1", "before", 20)
    assert release(world) is None
    assert stages(world.stacker("rebase"))["one"]["release"] is None
    assert status(world)["release"] is None


def test_the_oldest_that_contains_it(world):
    tag(world, "v1", "before", 20)
    tag(world, "v3", "after", 28)
    tag(world, "v2a4", "after", 26)
    assert release(world) == "v2a4"
    document = world.stacker("rebase")
    assert stages(document)["one"]["release"] == "v2a4"
    assert "first in v2a4" in stages(document)["one"]["because"]
    landing = world.upstream["L1"]
    assert (status(world)["landing"], status(world)["release"]) == (landing, "v2a4")
    assert f"landed {landing[:7]} in v2a4" in world.run("status", cwd=world.home).out


def test_status_asks_nobody(world):
    tag(world, "v2", "after", 26)
    world.stacker("rebase")
    world.upstream.path.rename(world.upstream.path.with_name("gone"))
    assert status(world)["release"] == "v2"


def test_on_a_branch_that_is_not_followed(world):
    world.upstream.add("v2-branch", ("Release notes", {"notes": "v2\n"}), start="L1")
    tag(world, "v2.0", "Release notes", 25)
    tag(world, "v3.0a1", "after", 27)
    assert release(world) == "v2.0"


def test_a_tag_that_comes_later_is_found_by_the_next_rebase(world):
    world.stacker("rebase")
    assert release(world) is None
    tag(world, "v9", "after")  # nothing else is new
    assert release(world) == "v9"
    world.stacker("rebase")
    assert parse(world.lock()).stage("one").release == "v9"


def test_without_a_fetch_no_tag_is_asked_for(world):
    world.stacker("rebase")
    tag(world, "v9", "after")
    world.stacker("rebase", "--no-fetch")
    assert status(world)["release"] is None


def test_tags_of_tags_and_of_other_things(world):
    up = world.upstream
    tag(world, "inner", "after", 24)
    tag(world, "outer", "refs/tags/inner", 22)
    tag(world, "key", up.git("rev-parse", f"{up['after']}:a.c"), 21)
    tag(world, "tree", up.git("rev-parse", f"{up['after']}^{{tree}}"), 21)
    assert release(world) == "outer"


@pytest.mark.parametrize("name", [
    "-rf", "v1;reboot", "$(reboot)", "v\u202e1", "v\u20281", b"v\xff1", "a/b/c",
    "x" * 200,
])  # fmt: skip
def test_names_that_mean_harm(world, name):
    raw = os.fsencode(name) if isinstance(name, str) else name
    up = world.upstream
    lines = b"create refs/tags/%s %s\n" % (raw, up["after"].encode())
    subprocess.run(["git", "update-ref", "--stdin"], cwd=up.path, input=lines, check=True)
    shown = raw.decode("utf-8", "backslashreplace")
    assert release(world) == shown
    world.stacker("rebase")
    assert status(world)["release"] == shown
    text = world.run("status", cwd=world.home).out
    assert "\u202e" not in text
    assert "landed" in text


def test_ten_thousand_tags(world):
    up = world.upstream
    lines = "".join(f"create refs/tags/t{n} {up['before']}\n" for n in range(10_000))
    subprocess.run(["git", "update-ref", "--stdin"], cwd=up.path, input=lines.encode(), check=True)
    up.git("pack-refs", "--all")
    tag(world, "v2", "after", 26)
    assert release(world) == "v2"


def test_no_tag_becomes_a_ref(world):
    tag(world, "head", "after", 26)
    world.upstream.add("side", ("Side", {"s": "s\n"}), start="L1")
    tag(world, "side", "Side")
    before = world.git("for-each-ref", "--format=%(refname)")
    assert release(world) == "side"
    assert world.git("for-each-ref", "--format=%(refname)") == before


def test_a_stage_that_comes_back_has_no_release(world):
    tag(world, "v2", "after", 26)
    world.stacker("rebase")
    world.upstream.add("master", ("Revert L1", {"a.c": LINES}))
    world.stacker("landed")  # brings upstream's tip
    text = world.run("status", cwd=world.home).out
    landing, by = world.upstream["L1"][:7], world.upstream["Revert L1"][:7]
    assert f"landed {landing}, reverted by {by}; the series is without it" in text
    assert status(world)["status"] == "reverted"
    world.stacker("rebase")
    now = status(world)
    assert (now["release"], now["landed"], now["landing"]) == (None, False, None)
    assert now["reverted"] == {"landing": world.upstream["L1"], "by": world.upstream["Revert L1"]}
    assert f"landed {landing}, reverted by {by}" in world.run("status", cwd=world.home).out
