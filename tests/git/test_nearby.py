"""A repository on this disk says without a fetch what a fetch would bring."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from stacker.git import nearby


def git(folder, *args):
    done = subprocess.run(["git", *args], cwd=folder, capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else None


@pytest.fixture
def places(tmp_path, history):
    """Folders that a person may name as an upstream, most of them repositories."""
    bare = history.draw(tmp_path / "bare.git", {
        "main": [("one", {"a": "1"}), ("two", {"a": "2"})], "side": ["one", ("other", {"b": "1"})],
    }).path  # fmt: skip
    git(tmp_path, "clone", "-q", "bare.git", "clone")
    git(tmp_path / "clone", "checkout", "-q", "--detach", "HEAD^")
    git(tmp_path / "clone", "worktree", "add", "-q", "../tree", "origin/side")
    (tmp_path / "clone" / "inside").mkdir()
    (tmp_path / "plain").mkdir()
    git(tmp_path, "init", "-q", "-b", "main", "empty")
    git(bare, "symbolic-ref", "refs/heads/alias", "refs/heads/side")
    git(bare, "pack-refs", "--all")
    folders = [bare, *(tmp_path / name for name in (
        "clone", "tree", "clone/inside", "clone/.git", "plain", "empty", "none", "bare.git/HEAD",
    ))]  # fmt: skip
    if hasattr(os, "symlink"):
        (tmp_path / "link").symlink_to(bare, target_is_directory=True)
        folders.append(tmp_path / "link")
    return folders


@pytest.mark.parametrize("name", [
    "HEAD", "refs/heads/main", "refs/heads/side", "refs/heads/alias", "refs/heads/none", "main",
])  # fmt: skip
def test_a_ref_is_what_a_fetch_would_bring(places, name):
    found = {}
    for folder in places:
        said = git(folder.parent, "ls-remote", "--", str(folder)) or ""
        refs = dict(reversed(line.split("\t")) for line in said.splitlines())
        found[folder] = refs.get(name)
        assert nearby.ref(folder, name) == found[folder], folder
    assert any(found.values()) == (name not in ("refs/heads/none", "main"))


def test_a_revision_is_what_its_git_says(places):
    bare = places[0]
    one = git(bare, "rev-parse", "main^")
    assert nearby.rev(bare, "main^") == nearby.rev(bare, one[:10]) == one
    assert nearby.rev(bare, "nothing") is None
    assert nearby.rev(bare, "--all") is None
    assert nearby.rev(Path("nowhere"), "main") is None
