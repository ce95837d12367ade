"""Where a check proves that a stage is there: upstream's own files pass it, whatever they are."""

from __future__ import annotations

from hand_off_world import proof
from submit_world import git

CHECK = """
[[checks]]
name = "arm"
run = ["{python}", "-c", "import sys, os; sys.exit(not os.path.exists('arm/lib.dll'))"]
"""


def begin(alone):
    world = alone("check")
    world.proved_by("check", CHECK)
    return world


def upstream_of(document):
    [one] = document["upstream"]
    return one["commit"], one["tip"], one["proved"]


def test_upstreams_own_build_is_there_when_its_check_passes(alone):
    world = begin(alone)
    assert "upstream" not in world.stacker("verify", "--trust")
    world.stacker("submit")
    assert proof(world.package)["checks"][0]["name"] == "arm"
    tip = world.upstream.add("openssl-bin", ("not it", {"manifest.txt": "x86\nsoon\n"}))
    assert upstream_of(world.stacker("verify")) == (tip, tip, False)
    assert world.line.landing is None
    theirs = ("theirs", {"arm/lib.dll": b"built by them\0", "manifest.txt": "x86\nARM\n"})
    tip = world.upstream.add("openssl-bin", theirs, ("later", {"readme": "later\n"}))
    landing = world.upstream["theirs"]
    assert "upstream" not in world.stacker("verify", "--check", "arm")
    found = world.stacker("verify")
    assert upstream_of(found) == (landing, tip, True)
    assert [one["verdict"] for one in found["upstream"][0]["results"]] == ["passed"]
    assert (world.line.landing, world.line.landed) == (landing, False)
    assert world.status()["status"] == "in-upstream"
    assert world.rebased()["status"] == "landed"
    assert (world.line.landing, world.line.landed) == (landing, True)

    clone = world.home.parent / "maintainer"
    git(clone.parent, "clone", "-q", str(world.upstream.path), str(clone))
    git(clone, "revert", "--no-edit", landing)
    git(clone, "push", "-q")
    back = world.stacker("rebase", code=3)["stages"][0]  # it meets what was there before
    assert f"landed as {landing[:10]}, reverted by" in back["because"]


def test_what_passes_without_the_stage_proves_nothing(alone):
    world = begin(alone)
    world.stacker("verify", "--trust")
    world.upstream.add("openssl-bin", ("elsewhere", {"readme": "other\n"}))
    assert "upstream" not in world.stacker("verify")
