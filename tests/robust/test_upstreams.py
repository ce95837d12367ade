"""Upstreams that do what they should not: rewrite history, drop commits, have thousands of refs."""

from __future__ import annotations

import shutil

import pytest
from robust_world import LINES, edited, error_of, orderly, push
from world import begin, stages, statuses


def test_a_force_push_is_followed(world):
    """The base is no ancestor of upstream any more; the patches are on the new history alone."""
    world.stacker("rebase")
    tip = push(world.upstream, ("other", {"a.c": edited((2, "rewritten"))}), start="start")
    document = world.stacker("rebase")
    assert document["base"] == tip
    second = stages(document)["second"]["commit"]
    assert world.git("rev-list", "--count", f"{tip}..{second}") == "2"
    assert world.git("show", f"{second}:a.c") == edited((2, "rewritten"), (25, "port")).strip()
    # What the old history had is not brought along, and the way back is open.
    assert world.stacker("undo")["version"] == 2
    assert world.stacker("undo")["version"] == 3


def test_a_force_push_that_conflicts(world):
    world.stacker("rebase")
    before = world.files()
    tip = push(world.upstream, ("other", {"a.c": edited((25, "theirs"))}), start="start")
    document = world.stacker("rebase", code=3)
    assert world.files() == before
    [conflict] = stages(document)["first"]["conflicts"]
    assert conflict["culprit"]["commit"] == tip


def test_a_history_that_shares_nothing_with_the_base(world):
    tip = push(world.upstream, ("orphan", {"a.c": edited((9, "orphan")), "b.c": LINES}), start=None)
    document = world.stacker("rebase")
    assert document["base"] == tip
    assert set(statuses(document).values()) == {"rebased"}


def test_an_older_commit_is_a_target_too(world):
    world.stacker("rebase")
    document = world.stacker("rebase", "--onto", world.upstream["start"])
    assert document["base"] == world.upstream["start"]
    assert document["version"] == 1


@pytest.fixture
def gone(world):
    """The base was rewritten away upstream, and thrown away there."""
    push(world.upstream, ("other", {"a.c": edited((2, "other")), "b.c": LINES}), start=None)
    lost = world.upstream.path.parent / "lost"
    shutil.copytree(world.upstream.path, lost)
    for ref in ("refs/heads/port", "refs/tags/start"):
        world.upstream.git("update-ref", "-d", ref)
    world.upstream.git("reflog", "expire", "--expire=now", "--all")
    world.upstream.git("gc", "-q", "--prune=now")
    return lost


def test_who_has_the_base_goes_on_though_upstream_lost_it(world, gone):
    assert set(statuses(world.stacker("rebase")).values()) == {"rebased"}
    world.stacker("undo")
    assert world.stacker("rebase", "--onto", world.upstream["start"])["version"] == 1


def test_a_fresh_clone_without_the_base_is_told_how_to_get_it(world, gone, run_stacker, tmp_path):
    fresh = tmp_path / "fresh"
    shutil.copytree(world.home, fresh, ignore=shutil.ignore_patterns(".stacker"))
    ran = run_stacker("--json", "rebase", cwd=fresh)
    assert ran.code == 1
    error = orderly(ran.document)
    assert world.upstream["start"] in error["message"]
    assert f"fetch CLONE {world.upstream['start']}" in error["hint"]
    world.git("fetch", "-q", str(gone), world.upstream["start"], where=fresh / ".stacker/store.git")
    ran = run_stacker("--json", "rebase", cwd=fresh)
    assert ran.code == 0, ran.out
    there = world.stacker("rebase")
    assert [s["commit"] for s in ran.document["stages"]] == [s["commit"] for s in there["stages"]]


def test_a_branch_that_is_gone(world):
    world.upstream.git("update-ref", "-d", "refs/heads/master")
    error = error_of(world, "rebase")
    assert "refs/heads/master" in error["message"]
    assert "branch" in error["hint"]
    assert set(statuses(world.stacker("rebase", "--no-fetch")).values()) == {"rebased"}


def test_an_upstream_that_is_no_repository(world):
    shutil.rmtree(world.upstream.path)
    error_of(world, "rebase")
    world.upstream.path.mkdir()
    error_of(world, "rebase")


def test_of_ten_thousand_refs_one_is_fetched(tmp_path, run_stacker, upstream):
    tips = dict.fromkeys((f"refs/heads/b{n:05}" for n in range(5000)), upstream["start"])
    tips |= dict.fromkeys((f"refs/tags/t{n:05}" for n in range(5000)), upstream["start"])
    lines = [f"{oid} {ref}\n" for ref, oid in sorted(tips.items())]
    packed = upstream.path / "packed-refs"
    packed.write_text(
        "# pack-refs with: peeled fully-peeled sorted \n" + "".join(lines),
        encoding="ascii", newline="\n",
    )  # fmt: skip
    world = begin(run_stacker, tmp_path, upstream, ("start..port", "--stage-per-commit"))
    upstream.add("master", ("more", {"c.c": "c\n"}))
    assert set(statuses(world.stacker("rebase")).values()) == {"rebased"}
    refs = world.git("for-each-ref", "--format=%(refname)").split()
    assert refs == ["refs/stacker/head", "refs/stacker/upstream/upstream"]
    assert world.git("rev-list", "--all", "--count") < "30"
