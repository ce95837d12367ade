"""An export overwrites nothing that it did not make itself, and touches nobody's checkout."""

from __future__ import annotations

import subprocess

import pytest


def test_a_file_is_replaced_only_with_force(world, tmp_path):
    file = tmp_path / "all.mbox"
    file.write_text("mine", encoding="utf-8")
    document = world.stacker("export", "--mbox", str(file), code=2)
    assert "is there already" in document["error"]["message"]
    assert file.read_text(encoding="utf-8") == "mine"
    world.stacker("export", "--force", "--mbox", str(file))
    assert file.read_bytes().startswith(b"From ")


@pytest.mark.parametrize("form", ["--quilt", "--patches"])
def test_a_folder_is_filled_anew_only_with_force(world, tmp_path, form):
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "notes.txt").write_text("mine", encoding="utf-8")
    (folder / "0009-old.patch").write_text("old", encoding="utf-8")
    assert "not empty" in world.stacker("export", form, str(folder), code=2)["error"]["message"]
    done = world.stacker("export", "--force", form, str(folder))
    rest = {"notes.txt", *(["series"] if form == "--quilt" else [])}
    assert {p.name for p in folder.iterdir()} == {*(p["file"] for p in done["patches"]), *rest}


@pytest.mark.parametrize("place", ["patches/out", "series", ".stacker/x", "."])
def test_the_series_own_files_are_out_of_bounds(world, place):
    before = world.files()
    document = world.stacker("export", "--force", "--patches", str(world.home / place), code=2)
    assert "series" in document["error"]["message"]
    assert world.files() == before


def test_a_branch_is_moved_only_with_force(world, taker):
    clone = taker.clone()
    taker.apply(clone, "branch", "arm", "HEAD")
    document = world.stacker("export", "--branch", "arm", "--to", str(clone), code=2)
    assert "has a branch arm already" in document["error"]["message"]
    done = world.stacker("export", "--force", "--branch", "arm", "--to", str(clone))
    tip = subprocess.run(["git", "rev-parse", "arm"], cwd=clone, capture_output=True, check=True)
    assert tip.stdout.decode().strip() == done["commit"]


def test_a_checked_out_branch_is_never_moved(world, taker, tmp_path):
    clone = taker.clone()
    taker.apply(clone, "worktree", "add", "-q", "-b", "beside", tmp_path / "beside")
    for name in ("work", "beside"):
        arguments = ("export", "--force", "--branch", name, "--to", str(clone))
        document = world.stacker(*arguments, code=2)
        assert f"{name} is checked out" in document["error"]["message"]


def test_a_branch_that_is_being_rebased_is_never_moved(world, taker):
    clone = taker.clone()
    (clone / "a.c").write_text("other\n", encoding="utf-8")
    taker.apply(clone, "commit", "-qam", "mine")
    taker.apply(clone, "branch", "up", "HEAD~1")
    subprocess.run(["git", "rebase", "-q", "--exec", "false", "up"], cwd=clone, check=False,
                   capture_output=True)  # fmt: skip
    document = world.stacker("export", "--force", "--branch", "work", "--to", str(clone), code=1)
    assert "git branch: " in document["error"]["message"]


@pytest.mark.parametrize("name", ["-d", "a..b", "HEAD", "x.lock", "a b", ""])
def test_names_that_are_none(world, taker, name):
    clone = taker.clone()
    document = world.stacker("export", f"--branch={name}", "--to", str(clone), code=2)
    assert "is no name for a branch" in document["error"]["message"]


def test_a_folder_inside_a_repository_is_no_clone(world, taker):
    folder = taker.clone() / "inside"
    folder.mkdir()
    document = world.stacker("export", "--branch", "arm", "--to", str(folder), code=2)
    assert "is no clone" in document["error"]["message"]
    missing = folder / "nothing"
    document = world.stacker("export", "--branch", "arm", "--to", str(missing), code=2)
    assert "there is no folder" in document["error"]["message"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "choose one of"),
        (("--mbox", "a", "--quilt", "b"), "choose one of"),
        (("--branch", "x"), "belong together"),
        (("nothing", "--mbox", "a"), "nothing"),
    ],
)
def test_mistakes_are_told(world, arguments, said):
    assert said in world.stacker("export", *arguments, code=2)["error"]["message"]
