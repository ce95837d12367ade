"""Which commit of upstream proves that a stage is there, as its repository's `proof` wants it."""

from __future__ import annotations

from hand_off_world import DLL

LATER = ("later", {"readme": "later\n"})


def by_hand(world):
    """A maintainer copies the files, in two commits between others, and works on."""
    world.upstream.add(
        "openssl-bin",
        ("first half", {"arm/lib.dll": DLL, "readme": "more\n"}),
        ("other", {"readme": "other\n"}),
        ("second half", {"manifest.txt": "x86\narm\n", "old.txt": None, "x86/lib.dll": "new"}),
        LATER,
    )
    return world.upstream["second half"]


def test_paths_prove_what_came_file_by_file(alone):
    world = alone("paths")
    landing = by_hand(world)
    assert world.stacker("forecast")["stages"][0]["status"] == "landed"
    assert world.status()["landing"] == landing
    assert world.rebased()["commit"] == landing
    assert (world.line.landing, world.line.landed) == (landing, True)


def test_for_the_tree_that_is_not_enough(alone):
    world = alone("tree")
    by_hand(world)
    assert world.rebased()["status"] == "rebased"
    assert world.line.landing is None


def test_the_tree_proves_it_however_it_came(alone):
    world = alone("tree")
    world.upstream.add(
        "openssl-bin",
        ("first half", {"arm/lib.dll": DLL, "junk": "junk\n"}),
        ("second half", {"manifest.txt": "x86\narm\n", "old.txt": None, "junk": None}),
        LATER,
    )
    assert world.rebased()["commit"] == world.upstream["second half"]


def test_a_path_that_is_newer_takes_nothing_back_and_one_that_is_as_before_does(alone):
    world = alone("paths")
    landing = by_hand(world)
    world.upstream.add("openssl-bin", ("newer", {"arm/lib.dll": DLL + b"next"}))
    assert world.rebased()["commit"] == landing
    before = {"arm/lib.dll": None, "manifest.txt": "x86\n", "old.txt": "old\n"}
    world.upstream.add("openssl-bin", ("out", before))
    assert "reverted by" in world.rebased()["because"]
    assert world.line.landing is None


def test_what_was_taken_out_before_it_was_looked_for_proves_nothing(alone):
    world = alone("paths")
    by_hand(world)
    before = {"arm/lib.dll": None, "manifest.txt": "x86\n", "old.txt": "old\n"}
    world.upstream.add("openssl-bin", ("out", before))
    assert world.rebased()["status"] == "rebased"
    again = {"arm/lib.dll": DLL, "manifest.txt": "x86\narm\n", "old.txt": None}
    world.upstream.add("openssl-bin", ("again", again), ("last", {"readme": "last\n"}))
    assert world.rebased()["commit"] == world.upstream["again"]


def test_a_mode_counts(alone):
    world = alone("paths")
    world.upstream.add(
        "openssl-bin", ("x", {"arm/lib.dll": ("100755", DLL), "manifest.txt": "x86\narm\n"}),
        ("y", {"old.txt": None}),
    )  # fmt: skip
    assert world.stacker("forecast")["stages"][0]["status"] != "landed"
    world.upstream.add("openssl-bin", ("z", {"arm/lib.dll": DLL}))
    assert world.rebased()["commit"] == world.upstream["z"]
