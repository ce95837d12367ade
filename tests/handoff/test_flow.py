"""A stage that is handed over, as porter and maintainer do it."""

from __future__ import annotations

import pytest
from hand_off_world import DLL, NEXT_DLL, actions, proof
from submit_world import git


def tip_of(world):
    return git(world.bin.path, "rev-parse", "openssl-bin")


def test_a_maintainer_takes_it_by_the_commands_of_its_text(world):
    dry = world.good("submit", "--dry-run")
    assert not world.package.exists()
    said = world.submit()
    assert actions(said)[-1] == actions(dry)[-1] == ("hand-off", "d")
    assert said["actions"][-1]["path"] == str(world.package)
    assert [p["stage"] for p in said["pulls"]] == ["a", "b"]
    assert world.submit()["actions"] == world.good("submit", "--dry-run")["actions"] == []
    patches = world.folder / "patches" / "d"
    assert {p.name: p.read_bytes() for p in (world.package / "patches" / "d").iterdir()} == {
        p.name: p.read_bytes() for p in patches.iterdir()
    }
    number = world.lock.stage("b").pull
    assert f"Needed by up/proj#{number}." in (world.package / "TEXT.md").read_text()
    assert "· needs #1, *d* (handed over)" in world.pull("b")["body"]
    assert (world.status()["status"], world.status()["packaged"]) == ("hand-off", True)
    assert "\n  2  d  hand-off  waits for bin openssl-bin\n" in world.page()
    blocked = world.run("land", "b").document["reasons"]
    assert ("maintainer", "d") in [(one["who"], one["stage"]) for one in blocked]

    world.take()
    tip = tip_of(world)
    assert git(world.bin.path, "rev-parse", "openssl-bin^{tree}") == proof(world)["tree"]
    assert world.submit()["notes"] == [f"d is there as {tip[:10]}: `stacker rebase` takes that in"]
    assert (world.lock.stage("d").landing, world.lock.stage("d").landed) == (tip, False)
    assert (world.status()["status"], world.status()["landing"]) == ("in-upstream", tip)
    assert "*d* (landed)" in world.pull("b")["body"]
    blocked = world.run("land", "b").document["reasons"]
    assert "d" not in [one["stage"] for one in blocked]

    rebased = world.stage(world.good("rebase"))
    assert (rebased["status"], rebased["commit"]) == ("landed", tip)
    assert world.status()["status"] == "landed"
    assert world.submit()["actions"] == []


def test_what_upstream_takes_out_again_waits_again(world):
    world.submit()
    clone = world.take()
    world.submit()
    git(clone, "revert", "--no-edit", "HEAD")
    git(clone, "push", "-q")
    landing, by = git(clone, "rev-parse", "HEAD^", "HEAD").split()
    words = f"landed as {landing[:10]}, reverted by {by[:10]}"
    said = world.submit()
    assert said["notes"][0] == f"d {words}"
    assert world.lock.stage("d").landing is None
    assert world.lock.stage("d").reverted == (landing, by)
    assert world.status()["status"] == "hand-off"
    git(clone, "revert", "--no-edit", "HEAD")
    git(clone, "push", "-q")
    assert world.stage(world.good("rebase"))["status"] == "landed"
    git(clone, "revert", "--no-edit", "HEAD")
    git(clone, "push", "-q")
    back = world.stage(world.good("rebase"))
    assert back["status"] == "rebased"
    assert "reverted by" in back["because"]
    assert world.lock.stage("d").landing is None


@pytest.mark.parametrize("way", ["cherry-pick", "git merge --no-edit -q FETCH_HEAD"])
def test_upstream_had_moved_on(world, way):
    world.submit()
    world.bin.add("openssl-bin", ("drift", {"readme": "other\n"}))
    world.take(merge=way)
    assert world.submit()["notes"][0].startswith("d is there as ")
    assert world.stage(world.good("rebase"))["status"] == "landed"


def by_hand(world):
    """A maintainer copies the files, in two commits between others, and works on."""
    world.bin.add(
        "openssl-bin",
        ("first half", {"arm/lib.dll": DLL, "readme": "more\n"}),
        ("other", {"readme": "other\n"}),
        ("second half", {"manifest.txt": "x86\narm\n", "old.txt": None, "x86/lib.dll": "new"}),
        ("later", {"readme": "later\n"}),
    )
    return world.bin["second half"]


@pytest.mark.parametrize("kind", ["tree", "paths"])
def test_only_paths_prove_what_came_file_by_file(world, kind):
    world.arrange(kind)
    world.submit()
    landing = by_hand(world)
    came = kind == "paths"
    assert (world.submit()["notes"][0] == f"d is there as {landing[:10]}: `stacker rebase` takes "
            "that in") is came  # fmt: skip
    assert (world.stage(world.good("rebase"))["status"] == "landed") is came
    assert world.lock.stage("d").landing == (landing if came else None)


def test_paths_are_forgotten_when_one_is_as_before_and_not_when_one_is_newer(world):
    world.arrange("paths")
    world.submit()
    landing = by_hand(world)
    world.bin.add("openssl-bin", ("newer", {"arm/lib.dll": NEXT_DLL}))
    assert world.stage(world.good("rebase"))["status"] == "landed"
    assert world.lock.stage("d").landing == landing
    world.good("undo")
    world.bin.add("openssl-bin", ("out", {"arm/lib.dll": None, "manifest.txt": "x86\n",
                                          "old.txt": "old\n"}))  # fmt: skip
    assert world.stage(world.good("rebase"))["status"] == "rebased"
    assert world.lock.stage("d").landing is None


def test_the_tree_is_found_however_it_came(world):
    """No commit has just this change; one has just these files, and another series of its own."""
    world.submit()
    world.bin.add(
        "openssl-bin",
        ("first half", {"arm/lib.dll": DLL, "junk": "junk\n"}),
        ("second half", {"manifest.txt": "x86\narm\n", "old.txt": None, "junk": None}),
    )
    world.bin.add("openssl-bin", ("later", {"readme": "later\n"}))
    assert world.good("forecast")["stages"][1]["status"] == "landed"
    assert world.stage(world.good("rebase"))["commit"] == world.bin["second half"]


def test_a_package_outlives_upstreams_movement_and_not_the_series(world):
    world.submit()
    before = {p: p.read_bytes() for p in world.package.rglob("*") if p.is_file()}
    world.bin.add("openssl-bin", ("drift", {"readme": "other\n"}))
    world.good("rebase")
    assert world.submit()["actions"] == []
    assert {p: p.read_bytes() for p in world.package.rglob("*") if p.is_file()} == before
    assert world.status()["packaged"] is True
    (patch,) = (world.folder / "patches" / "d").iterdir()
    patch.write_bytes(patch.read_bytes().replace(b"Subject: Add arm", b"Subject: Add ARM"))
    world.good("rebase")
    assert world.status()["packaged"] is False
    assert "d  hand-off  waits for bin openssl-bin; its package is older\n" in world.page()
    assert world.good("status")["next"]["command"] == "stacker submit"
    assert actions(world.submit()) == [("hand-off", "d")]
    assert proof(world)["base"] == world.bin["drift"]
    assert world.status()["packaged"] is True
    world.bin.add("openssl-bin", ("drift 2", {"readme": "again\n"}))
    world.good("rebase")
    assert actions(world.submit("--move-base"))[-1] == ("hand-off", "d")
    assert proof(world)["base"] == world.bin["drift 2"]


def test_what_a_kill_left_half_written_is_made_anew(world):
    world.submit("d")
    before = {p: p.read_bytes() for p in world.package.rglob("*") if p.is_file()}
    world.package.replace(world.package.with_name(".old-d"))
    (world.package.with_name(".new-d")).mkdir()
    assert actions(world.submit("d")) == [("hand-off", "d")]
    assert {p: p.read_bytes() for p in world.package.rglob("*") if p.is_file()} == before
    assert [p.name for p in world.package.parent.iterdir()] == ["d"]


def test_a_series_that_only_hands_over_needs_no_token(world, monkeypatch):
    monkeypatch.delenv("GITHUB_TOKEN")
    monkeypatch.setenv("STACKER_FORGE", "http://127.0.0.1:9")
    plan = world.plan_text().replace('upstream = "up/proj"', 'upstream = "../hub/up/proj.git"')
    plan = plan.replace('fork = "porter/proj"\npublish = "append"\n', 'landing = "hand-off"\n')
    (world.folder / "series.toml").write_text(plan, encoding="utf-8", newline="\n")
    said = world.good("submit")
    assert actions(said) == [("hand-off", one) for one in "adb"]
    ran = world.run("land", "d")
    assert ran.code == 1 or ran.code == 2
    assert "on no forge" in ran.document["error"]["message"]
