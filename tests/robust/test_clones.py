"""Clones that lack something, and a person's own clone, which is read and never touched."""

from __future__ import annotations

import subprocess

import pytest
from robust_world import edited, error_of, orderly
from world import begin, statuses


def git(folder, *arguments):
    done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode().strip()


@pytest.fixture
def clone(tmp_path, upstream):
    """`git clone` with some options; needs an URL, for a path is cloned whole."""
    upstream.git("config", "uploadpack.allowFilter", "true")

    def made(*options):
        git(tmp_path, "clone", "-q", *options, upstream.path.as_uri(), "clone")
        return tmp_path / "clone"

    return made


def test_a_range_of_a_shallow_clone_that_reaches_too_far(empty, clone):
    shallow = clone("--depth=1", "--no-single-branch")
    for text in (f"{empty.upstream['start']}..origin/port", "origin/port~1..origin/port"):
        error = error_of(empty, "import", text, "--from", str(shallow), "--stage-per-commit")
        assert "shallow" in error["message"]
        assert "--unshallow" in error["hint"]
    git(shallow, "fetch", "-q", "--unshallow")
    empty.stacker(
        "import", "origin/port~2..origin/port", "--from", str(shallow), "--stage-per-commit"
    )
    assert set(statuses(empty.stacker("rebase")).values()) == {"rebased"}


def test_a_range_within_a_shallow_clone(tmp_path, run_stacker, history):
    """Upstream has what the clone lacks."""
    upstream = history.draw(tmp_path / "upstream", {
        "master": [("root", {"z.c": "z"}), ("start", {"a.c": edited()}),
                   ("drift", {"a.c": edited((1, "drift"))})],
        "port": ["start", ("First", {"a.c": edited((25, "port"))})],
    })  # fmt: skip
    git(tmp_path, "clone", "-q", "--depth=2", "--branch=port", upstream.path.as_uri(), "clone")
    world = begin(run_stacker, tmp_path, upstream)
    shallow = str(tmp_path / "clone")
    world.stacker("import", "HEAD~1..HEAD", "--from", shallow, "--stage-per-commit")
    assert statuses(world.stacker("rebase")) == {"first": "rebased"}


def test_a_shallow_clone_to_begin_with(tmp_path, run_stacker, upstream, clone):
    shallow = clone("--depth=1")
    ran = run_stacker("--json", "init", "home", "--upstream", upstream.path, "--clone", shallow)
    assert ran.code == 0, ran.out
    git(tmp_path / "home", "-C", ".stacker/store.git", "fsck", "--connectivity-only")


def test_a_shallow_clone_as_upstream(tmp_path, run_stacker, clone):
    shallow = clone("--depth=1")
    ran = run_stacker("--json", "init", "home", "--upstream", shallow)
    assert ran.code == 1
    assert "shallow" in orderly(ran.document)["message"]
    assert not (tmp_path / "home").exists()


def test_an_upstream_that_became_shallow_is_not_taken_for_unchanged(world, clone, tmp_path):
    """git only warns, and leaves the ref where it was."""
    world.upstream.add("master", ("two", {"a.c": edited((2, "two"))}),
                       ("three", {"a.c": edited((3, "three"))}))  # fmt: skip
    shallow = clone("--depth=1")
    world.upstream.path.rename(tmp_path / "whole")
    shallow.rename(world.upstream.path)
    assert "shallow" in error_of(world, "rebase")["message"]


def test_a_partial_clone(empty, tmp_path, run_stacker, upstream, clone):
    partial = clone("--filter=blob:none", "--no-checkout")
    arguments = ("import", "start..origin/port", "--from", str(partial), "--stage-per-commit")
    error = error_of(empty, *arguments)
    assert "partial" in error["message"]
    assert "--refetch" in error["hint"]
    ran = run_stacker("--json", "init", "other", "--upstream", partial)
    assert "partial" in orderly(ran.document)["message"]
    assert not (tmp_path / "other").exists()
    git(partial, "fetch", "-q", "--refetch", "--no-filter")
    empty.stacker(*arguments)
    assert set(statuses(empty.stacker("rebase")).values()) == {"rebased"}


def everything(folder):
    """Each file of a clone, its `.git` too, with content, mode and time."""
    return {
        path.relative_to(folder).as_posix(): (
            path.stat().st_mode, path.stat().st_mtime_ns,
            path.read_bytes() if path.is_file() else b"",
        )
        for path in folder.rglob("*")
    }  # fmt: skip


def test_a_persons_clone_is_never_touched(tmp_path, run_stacker, upstream, clone):
    """The branch is checked out, files are edited, staged and new, git holds the index."""
    mine = clone("--branch=port")
    git(mine, "branch", "master", "origin/master")
    (mine / "a.c").write_text("edited\n", encoding="utf-8")
    (mine / "b.c").write_text("staged\n", encoding="utf-8")
    git(mine, "add", "b.c")
    (mine / "new").write_text("new\n", encoding="utf-8")
    (mine / ".git" / "hooks").mkdir()
    (mine / ".git" / "hooks" / "reference-transaction").write_text("#!/bin/sh\nexit 1\n")
    (mine / ".git" / "hooks" / "reference-transaction").chmod(0o755)
    (mine / ".git" / "index.lock").write_bytes(b"")
    before = everything(mine)
    ran = run_stacker("--json", "init", "home", "--upstream", mine, "--branch", "master",
                      "--clone", mine)  # fmt: skip
    assert ran.code == 0, ran.out
    home = tmp_path / "home"
    commands = [
        ["import", "origin/master~1..port", "--from", mine, "--stage-per-commit"],
        ["rebase"], ["status"], ["rebase", "--onto", "master~1"], ["undo"], ["doctor"],
    ]  # fmt: skip
    for arguments in commands:
        ran = run_stacker("--json", *arguments, cwd=home)
        assert ran.code == 0, (arguments, ran.out)
    assert everything(mine) == before


def test_a_clone_may_go_afterwards(tmp_path, run_stacker, upstream, clone):
    mine = clone()
    world = begin(run_stacker, tmp_path, upstream)
    world.stacker(
        "import", "origin/master~1..origin/port", "--from", str(mine), "--stage-per-commit"
    )
    mine.rename(tmp_path / "elsewhere")
    assert set(statuses(world.stacker("rebase")).values()) == {"rebased"}
