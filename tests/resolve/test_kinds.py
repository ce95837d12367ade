"""Every kind of conflict that git knows: shown as it is, solved in every way, and remembered."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from conflicts import KINDS, files_of, stopped
from world import stages, statuses

REFUSED = ("markers are left in", "nothing was done about", "set aside")


@pytest.fixture(params=KINDS, ids=lambda name: name, scope="module")
def begun(request, tmp_path_factory):
    """The kind, a folder for its world, and that world with a copy, once it was made."""
    return KINDS[request.param], tmp_path_factory.mktemp("kind"), []


@pytest.fixture
def case(begun, run_stacker):
    kind, folder, made = begun
    if made:
        shutil.rmtree(folder / "home")
    else:
        made.append(stopped(kind, folder, run_stacker))
        (folder / "home").rename(folder / "begun")
    shutil.copytree(folder / "begun", folder / "home", symlinks=True)
    return kind, replace(made[0], run=run_stacker)


def again(world):
    """Back to before the conflict, which is then forgotten and met anew."""
    world.stacker("undo")
    world.stacker("resolve", "one", "--forget")
    [one] = world.stacker("rebase", code=3)["stages"]
    return one


def blob(file):
    mode, content = file if isinstance(file, tuple) else ("100644", file)
    if mode == "160000":
        return {"mode": mode, "blob": content.decode()}
    return {"mode": mode, "blob": hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()}


def test_it_is_told_then_solved_by_hand_once_and_for_all(case):
    kind, world = case
    told = world.stacker("resolve", "--show")["conflicts"]
    assert {c["path"]: c["kind"] for c in told} == kind.conflicts
    for one in told:
        path = one["path"].encode("utf-8", "surrogateescape")
        for side, files in (("base", kind.base), ("upstream", kind.upstream), ("mine", kind.mine)):
            if one[side] and path in files and not one["kind"].startswith("rename/"):
                assert one[side] == blob(files[path])

    folder = Path(world.stacker("resolve")["folder"])
    assert world.git("status", "--porcelain", where=folder)
    if not kind.untouched:
        refused = world.stacker("resolve", "--done", code=1)["error"]["message"]
        assert any(words in refused for words in REFUSED)
    kind.by_hand(folder)
    done = world.stacker("resolve", "--done")
    assert files_of(world, stages(done)["one"]["tree"]) == kind.solved
    assert not folder.exists()

    world.stacker("undo")
    replayed = stages(world.stacker("rebase"))["one"]
    assert replayed["tree"] == stages(done)["one"]["tree"]
    assert set(kind.conflicts) <= {r["path"] for r in replayed["resolutions"]}
    assert not any(r["carried"] for r in replayed["resolutions"])
    assert {c["path"]: c["kind"] for c in again(world)["conflicts"]} == kind.conflicts


def test_a_side_can_be_taken_or_the_patch_dropped(case):
    kind, world = case
    for side, expected in (("upstream", kind.take_upstream), ("mine", kind.take_mine)):
        tree = stages(world.stacker("resolve", "--take", side))["one"]["tree"]
        assert files_of(world, tree) == expected
        world.stacker("undo")
        assert stages(world.stacker("rebase"))["one"]["tree"] == tree
        again(world)
    folder = Path(world.stacker("resolve")["folder"])
    dropped = world.stacker("resolve", "--drop")
    assert statuses(dropped) == {"one": "dropped"}
    assert files_of(world, stages(dropped)["one"]["tree"]) == kind.upstream
    assert not folder.exists()
